"""The panel *Speak*: a text in any voices side by side, heard while it is made, sentence by sentence."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..engines import EngineSpec, Kind
from ..lab import Lab
from . import speaking_plan, switches, take_files, takes
from .assets import asset
from .controls import build as controls
from .controls import changed
from .html import render
from .languages import Languages
from .quiet import AS_SHOWN, IN_TURN
from .speaking_plan import Wish
from .voice_samples import SENTENCES

DESK = ("telling.js", "wire.js", "take_wire.js", "speak_desk.js")
PICKER = ("telling.js", "wire.js", "take_wire.js", "voice_picker.js")
TAKES = (
    "telling.js",
    "wire.js",
    "rows.js",
    "likeness.js",
    "take_wire.js",
    "take_settings.js",
    "take_rows.js",
    "pulse.js",
    "in_turn.js",
    "takes.js",
)
"""The parts of each script, in the order in which they build on each other."""
SHOWN = 4
"""Parameters that are seen at once of an engine that is alone."""
LATEST: dict[str, Any] = {"trigger_mode": "always_last"}


def build(lab: Lab) -> None:
    """Build the panel here."""
    specs = {spec.id: spec for spec in speaking_plan.able(lab)}
    with gr.Row(elem_id="speak-start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            _html("speak_desk.html", DESK, "speak-desk", sentences=SENTENCES)
        with gr.Column(scale=3, min_width=280, elem_id="speak-settings", elem_classes="card"):
            picker = _html("voice_picker.html", PICKER, "speak-voices", [])
            spoken = Languages(
                speaking_plan.languages(lab), first="As it reads", label="Language", elem_id="speak-language"
            )
            below = gr.Column(elem_id="speak-knobs")
            check = _switch(lab)
            with gr.Accordion("Pauses, loudness, spelling", open=False):
                joining = takes.joining()
                options = controls(joining, shown=len(joining), prefix="speak-joining")
                lexicon = gr.Textbox(
                    label="Spelt as it sounds",
                    info="A word on each line, and how it is said: “Nguyen = win”.",
                    lines=2,
                    max_lines=8,
                    elem_id="speak-lexicon",
                )
    sheet = _html(
        "takes.html",
        TAKES,
        "speak-takes",
        speaking_plan.plan(lab, Wish()),
        formats=list(take_files.FORMATS),
        priced=speaking_plan.priced(lab),
        settings=speaking_plan.named(lab),
        watermark=lab.policy.watermark,
    )
    values = gr.State({})  # of each engine, by its id
    around = [spoken.picker, check, lexicon, *options.components]

    def planned(
        values: dict[str, Any], language: str | None, listens: bool, words: str | None, *joining: Any
    ) -> tuple[Any, ...]:
        wish = Wish(language, options.values(joining), words or "", values, listens)
        return values, speaking_plan.plan(lab, wish)

    def of_engines(ids: list[str] | None) -> None:
        some = [specs[id] for id in ids or () if id in specs]
        for spec in some:
            with gr.Column(elem_classes="speak-engine", elem_id=f"speak-{spec.id}"):
                of_engine(spec, alone=len(some) == 1)

    def of_engine(spec: EngineSpec, *, alone: bool) -> None:
        gr.HTML(render("speaker", spec=spec, alone=alone), apply_default_css=False)
        made = controls(takes.parameters(spec), shown=SHOWN if alone else 1, prefix=f"speak-{spec.id}", stays=True)

        def told(values: dict[str, Any], *shown: Any) -> tuple[Any, ...]:
            own = made.values(shown[len(around) :])
            return planned({**values, spec.id: own}, *shown[: len(around)])

        if events := [event for component in made.components for event in changed(component)]:
            gr.on(events, told, [values, *around, *made.components], [values, sheet], **LATEST, **AS_SHOWN)

    def needed(values: dict[str, Any], ids: list[str] | None, *shown: Any) -> tuple[Any, ...]:
        return planned({id: one for id, one in values.items() if id in (ids or ())}, *shown)

    with below:
        gr.render(inputs=[picker], triggers=[picker.select], **IN_TURN)(of_engines)
    picker.select(needed, [values, picker, *around], [values, sheet], **LATEST, **AS_SHOWN)
    events = [event for component in options.components for event in changed(component)]
    events += [spoken.picker.change, check.change, *changed(lexicon)]
    gr.on(events, planned, [values, *around], [values, sheet], **LATEST, **AS_SHOWN)


def _html(template: str, scripts: tuple[str, ...], id: str, value: Any = None, **props: Any) -> gr.HTML:
    script = "\n".join(map(asset, scripts))
    return gr.HTML(
        value, html_template=asset(template), js_on_load=script, apply_default_css=False, elem_id=id, **props
    )


def _switch(lab: Lab) -> gr.Checkbox:
    """Whether what was said is listened to, where anything can listen."""
    cure = switches.cure(lab, Kind.ASR)
    return gr.Checkbox(
        False,
        label="Check by listening",
        info=cure or "A recogniser hears each sentence, and tells where another text came back.",
        interactive=not cure,
        elem_id="speak-check",
        elem_classes=["switch", "switch-off"] if cure else ["switch"],
    )
