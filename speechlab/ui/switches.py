"""Switches: a step before or after recognition that is turned on, with the engine that does it and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable
from ..lab import Lab
from ..params import Knob, knobs
from ..preferred import TOY
from ..stages import LIFTS
from . import settings
from .controls import build as controls
from .controls import changed
from .quiet import IN_TURN, QUIET

RECOGNISE = "recognise"
"""The host's option that says which sound is recognised."""
RECOGNISED = {
    "raw": "The recording as it is",
    "clean": "The cleaned sound",
    "better": "Both, and keep the text that is surer",
}
"""What may be recognised, in words."""
WHY = (
    "Recognition gets worse on cleaned sound: what a denoiser takes away with the noise is missed more than the noise "
    "was in its way. So the text comes from the recording as it is; the cleaned sound is for you to hear."
)


class Switch:
    """Built on the page where it is made; :meth:`stage` is what was set, from what the :attr:`components` show."""

    kind: Kind
    label: str
    info: str
    by: str
    """What the picker of the engine is called."""
    first: str | None = None
    """The parameter that is seen at once; the others are folded away."""

    def __init__(self, lab: Lab) -> None:
        self._specs = {spec.id: spec for spec in engines(lab, self.kind)}
        able = any(not spec.missing() for spec in self._specs.values())
        name = self.kind.value
        self._on = gr.Checkbox(
            False,
            label=self.label,
            info=self.info if able else cure(lab, self.kind),
            interactive=able,
            elem_id=f"with-{name}",
            elem_classes=["switch"] if able else ["switch", "switch-off"],
        )
        self._values = gr.State({})
        with gr.Column(visible=False, elem_classes="switched", elem_id=f"{name}-how") as body:
            choices = [(settings.label(spec), id) for id, spec in self._specs.items()]
            picked = next(iter(self._specs), None)
            self._engine = gr.Dropdown(choices, value=picked, label=self.by, elem_id=f"{name}-engine")
            about = gr.HTML(settings.about(self._spec(picked)), apply_default_css=False)
            self._recognised = self._recognising()
            below = gr.Column(elem_classes="switched-knobs")
        with below:
            gr.render(inputs=[self._on, self._engine], **IN_TURN)(self._knobs)
        self._on.change(lambda yes: (gr.Column(visible=yes), {}), [self._on], [body, self._values], **QUIET)
        self._engine.change(
            lambda id: (settings.about(self._spec(id)), {}), [self._engine], [about, self._values], **QUIET
        )

    @property
    def components(self) -> list[gr.components.Component]:
        """What a handler is given, for :meth:`stage`."""
        return [self._on, self._engine, self._values, *self._recognised]

    def stage(
        self, on: bool, id: str | None, values: Mapping[str, Any], recognise: str | None = None
    ) -> dict[str, Any] | None:
        """The step as data; None where the switch is off."""
        if not on:
            return None
        spec = self._spec(id)
        told = {RECOGNISE: recognise} if recognise is not None else {}
        return {"use": spec.name if spec else self.kind.value, **told, **values}

    def _spec(self, id: str | None) -> EngineSpec | None:
        return self._specs.get(id or "")

    def _knobs(self, on: bool, id: str | None) -> None:
        """The parameters of the engine that is picked, and the host's around it."""
        spec = self._spec(id)
        if not on or spec is None:
            return
        host = [knob for knob in knobs(LIFTS[spec.kind].options) if knob.name != RECOGNISE]
        own = [_for_batch(knob, spec) for knob in spec.knobs]
        offered = sorted([*own, *host], key=lambda knob: knob.name != self.first)
        made = controls(offered, shown=int(self.first in {knob.name for knob in offered}), prefix=f"{spec.kind}-knob")
        if made.components:
            events = [event for component in made.components for event in changed(component)]
            change = {"trigger_mode": "always_last", **QUIET}
            gr.on(events, lambda *shown: made.values(shown), [*made.components], [self._values], **change)

    def _recognising(self) -> list[gr.components.Component]:
        """Which sound the text comes from, where the kind makes another one; it stays when another engine is picked."""
        made: list[gr.components.Component] = []
        for knob in knobs(LIFTS[self.kind].options):
            if knob.name == RECOGNISE:
                choices = [(RECOGNISED.get(choice, choice), choice) for choice in knob.choices]
                about: dict[str, Any] = {"label": "The text comes from", "info": WHY, "interactive": True}
                made.append(gr.Radio(choices, value=knob.default, elem_id=f"{self.kind}-{RECOGNISE}", **about))
        return made


class Who(Switch):
    """Who speaks, told after recognition."""

    kind, label, by, first = Kind.DIARIZE, "Who speaks", "Told apart by", "speakers"
    info = "Tells who says what. Each speaker gets a lane on the timeline, and a name that you can change."


class Clean(Switch):
    """Sound that is cleaned before recognition, for the ear."""

    kind, label, by = Kind.DENOISE, "Clean the sound", "Cleaned by"
    info = "Takes the noise away for your ears. You can compare it with the recording at any moment."


def engines(lab: Lab, kind: Kind) -> list[EngineSpec]:
    """The engines of a kind that are no toys: first the one that is meant where none is named, then those that run."""
    try:
        first = lab.engine(kind).id
    except EngineUnavailable:
        first = ""
    there = [spec for spec in lab.engines(kind) if TOY not in spec.features]
    return sorted(there, key=lambda spec: (spec.id != first, bool(spec.missing()), not spec.local, spec.id))


def cure(lab: Lab, kind: Kind) -> str:
    """What to do where no engine of the kind can run."""
    try:
        lab.engine(kind)
    except EngineUnavailable as error:
        return f"Not installed: {error.hint}"
    return ""


def _for_batch(knob: Knob, spec: EngineSpec) -> Knob:
    """What matters only when speech is heard live is told last."""
    return replace(knob, advanced=knob.advanced or knob.name in spec.live)
