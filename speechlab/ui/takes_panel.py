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
from .quiet import AS_SHOWN, QUIET
from .speaking_plan import Wish

DESK = ("telling.js", "wire.js", "take_wire.js", "speak_desk.js")
PICKER = ("telling.js", "wire.js", "take_wire.js", "voice_picker.js")
TAKES = ("telling.js", "wire.js", "rows.js", "take_wire.js", "take_rows.js", "take_sound.js", "takes.js")
"""The parts of each script, in the order in which they build on each other."""
SHOWN = 4
"""Parameters that are seen at once of an engine that is alone."""
LATEST: dict[str, Any] = {"trigger_mode": "always_last"}


def build(lab: Lab) -> None:
    """Build the panel here."""
    specs = {spec.id: spec for spec in speaking_plan.able(lab)}
    with gr.Row(elem_id="speak-start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            _html("speak_desk.html", DESK, "speak-desk")
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
        watermark=lab.policy.watermark,
    )
    values = gr.State({})
    beside = [spoken.picker, check, lexicon, values, *options.components]

    def planned(
        language: str | None, listens: bool, words: str | None, values: dict[str, Any], *joining: Any
    ) -> dict[str, Any]:
        return speaking_plan.plan(lab, Wish(language, options.values(joining), words or "", values, listens))

    def of_engines(ids: list[str] | None) -> None:
        for id in ids or ():
            if id in specs:
                with gr.Column(elem_classes="speak-engine", elem_id=f"speak-{id}"):
                    settled(_engine(specs[id], values, SHOWN if len(ids or ()) == 1 else 1))

    def settled(event: Any) -> None:
        """Let the page's script know what was set; the change of a state that no queue sees is not told."""
        if event is not None:
            event.then(planned, beside, [sheet], **AS_SHOWN)

    def needed(ids: list[str] | None, told: dict[str, Any]) -> dict[str, Any]:
        return {id: one for id, one in told.items() if id in (ids or ())}

    with below:
        gr.render(inputs=[picker], queue=False)(of_engines)
    settled(picker.change(needed, [picker, values], [values], **LATEST, **QUIET))
    events = [event for component in options.components for event in changed(component)]
    events += [spoken.picker.change, check.change, *changed(lexicon)]
    gr.on(events, planned, beside, [sheet], **LATEST, **AS_SHOWN)


def _html(template: str, scripts: tuple[str, ...], id: str, value: Any = None, **props: Any) -> gr.HTML:
    script = "\n".join(map(asset, scripts))
    return gr.HTML(
        value, html_template=asset(template), js_on_load=script, apply_default_css=False, elem_id=id, **props
    )


def _engine(spec: EngineSpec, values: gr.State, shown: int) -> Any:
    """What is to be known of an engine, and its parameters, so many of them open; gives the event of setting one, if it
    has any."""
    gr.HTML(render("speaker", spec=spec), apply_default_css=False)
    made = controls(takes.parameters(spec), shown=shown, prefix=f"speak-{spec.id}", stays=True)

    def told(before: dict[str, Any], *now: Any) -> dict[str, Any]:
        return {**before, spec.id: made.values(now)}

    events = [event for component in made.components for event in changed(component)]
    return gr.on(events, told, [values, *made.components], [values], **LATEST, **QUIET) if events else None


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
