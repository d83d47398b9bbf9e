"""The panel *Your voices*: a clip becomes a voice, with consent; those that are kept are heard, named, given away."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ..lab import Lab
from . import voice_making
from .assets import asset
from .blending import blenders
from .controls import build as controls
from .controls import changed
from .languages import Languages
from .quiet import AS_SHOWN, IN_TURN, QUIET

DESK = (
    "telling.js",
    "wire.js",
    "record.js",
    "sound_giver.js",
    "voice_ear.js",
    "clip_picture.js",
    "likeness.js",
    "voice_desk.js",
)
SHELF = ("telling.js", "wire.js", "voice_ear.js", "likeness.js", "voice_blend.js", "voice_shelf.js")
"""The parts of both scripts, in the order in which they build on each other."""


def build(lab: Lab) -> None:
    """Build the panel here."""
    gr.HTML(
        "",
        html_template=asset("voice_shelf.html"),
        js_on_load="\n".join(map(asset, SHELF)),
        apply_default_css=False,
        elem_id="voice-shelf",
        blends=bool(blenders(lab)),
    )
    with gr.Row(elem_id="voice-start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            desk = gr.HTML(
                voice_making.plan(lab, "", "", {}),
                html_template=asset("voice_desk.html"),
                js_on_load="\n".join(map(asset, DESK)),
                apply_default_css=False,
                elem_id="voice-desk",
            )
        some = bool(voice_making.learning(lab))
        with gr.Column(scale=3, min_width=280, elem_id="voice-settings", elem_classes="card", visible=some):
            engine = gr.Dropdown(voice_making.choices(lab), value="", label="Made by", elem_id="voice-engine")
            about = gr.HTML(voice_making.about(lab, ""), apply_default_css=False)
            codes = voice_making.languages(voice_making.spec(lab, ""))
            spoken = Languages(
                codes or (), first="Automatic", label="Language", elem_id="voice-language", visible=bool(codes)
            )
            below = gr.Column(elem_id="voice-knobs")
    values = gr.State({})
    beside = [engine, spoken.picker, values]

    def planned(id: str | None, language: str | None, values: dict[str, Any]) -> dict[str, Any]:
        return voice_making.plan(lab, id, language, values)

    def of_engine(id: str | None) -> None:
        spec = voice_making.spec(lab, id)
        if spec is None or not id:
            return
        made = controls(voice_making.parameters(spec), shown=0, prefix="voice-knob")
        if made.components:
            events = [event for component in made.components for event in changed(component)]
            change = {"trigger_mode": "always_last", **QUIET}
            told = gr.on(events, lambda *shown: made.values(shown), [*made.components], [values], **change)
            told.then(planned, beside, [desk], **AS_SHOWN)  # the change of a state that no queue sees is not told

    with below:
        gr.render(inputs=[engine], triggers=[engine.change], **IN_TURN)(of_engine)  # the best there is has none

    def pick(id: str | None, language: str | None) -> tuple[Any, ...]:
        codes = voice_making.languages(voice_making.spec(lab, id))
        return {}, voice_making.about(lab, id), *spoken.having(codes or (), language, visible=bool(codes))

    picked = engine.change(pick, [engine, spoken.picker], [values, about, *spoken.outputs], **AS_SHOWN)
    picked.then(planned, beside, [desk], **AS_SHOWN)
    spoken.name(picked)
    spoken.picker.change(planned, beside, [desk], trigger_mode="always_last", **AS_SHOWN)
