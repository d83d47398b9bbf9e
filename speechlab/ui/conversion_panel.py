"""The panel *Another voice*: a recording is converted into a chosen voice, and heard before and after."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..engines import Kind
from ..lab import Lab
from ..media import WRITABLE
from . import converting, settings
from .assets import asset
from .controls import build as controls
from .controls import changed
from .quiet import AS_SHOWN, IN_TURN, QUIET
from .switches import engines

SCRIPTS = ("telling.js", "wire.js", "record.js", "sound_giver.js", "likeness.js", "sheet_sound.js", "conversion.js")
"""The parts of the script, in the order in which they build on each other."""


def build(lab: Lab) -> None:
    """Build the panel here."""
    there = engines(lab, Kind.CONVERT)
    first = there[0].id if there else ""
    with gr.Row(elem_id="conversion-start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            desk = gr.HTML(
                converting.plan(lab, first, {}),
                html_template=asset("conversion.html"),
                js_on_load="\n".join(map(asset, SCRIPTS)),
                apply_default_css=False,
                elem_id="conversion-desk",
                formats=list(WRITABLE),
            )
        some = bool(there)
        with gr.Column(scale=3, min_width=280, elem_id="conversion-settings", elem_classes="card", visible=some):
            choices = [(settings.label(spec), spec.id) for spec in there]
            engine = gr.Dropdown(
                choices,
                value=first or None,
                label="Converted by",
                elem_id="conversion-engine",
            )
            about = gr.HTML(settings.about(converting.spec(lab, first)), apply_default_css=False)
            below = gr.Column(elem_id="conversion-knobs")
    values = gr.State({})

    def planned(id: str | None, values: dict[str, Any]) -> dict[str, Any]:
        return converting.plan(lab, id, values)

    def of_engine(id: str | None) -> None:
        spec = converting.spec(lab, id)
        if spec is None:
            return
        made = controls(converting.parameters(spec), shown=0, prefix="conversion-knob")
        if made.components:
            events = [event for component in made.components for event in changed(component)]
            change = {"trigger_mode": "always_last", **QUIET}
            told = gr.on(events, lambda *shown: made.values(shown), [*made.components], [values], **change)
            told.then(planned, [engine, values], [desk], **AS_SHOWN)  # of a state that no queue sees, no change is told

    with below:
        # once the panel is looked at: parameters of many panels that are made at one moment get into each other's way
        gr.render(inputs=[engine], triggers=[desk.submit, engine.change], **IN_TURN)(of_engine)

    def pick(id: str | None) -> tuple[Any, ...]:
        return {}, settings.about(converting.spec(lab, id))

    picked = engine.change(pick, [engine], [values, about], **AS_SHOWN)
    picked.then(planned, [engine, values], [desk], **AS_SHOWN)
