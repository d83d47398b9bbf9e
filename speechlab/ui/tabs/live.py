"""The tab *Live*: captions while people speak, from a microphone or the sound of a tab, by any engine or pipeline."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ...engines import Kind
from ...lab import Lab
from .. import listening, translating
from ..assets import asset
from ..controls import build as controls
from ..controls import changed
from ..languages import Languages
from ..listening import GIVES_TRANSLATION, Hearer, Wish
from ..quiet import AS_SHOWN, IN_TURN

SCRIPTS = ("live_sound.js", "live_wire.js", "live_captions.js", "live_room.js", "live.js")
"""The parts of the page's script, in the order in which they build on each other."""


def build(lab: Lab) -> None:
    """Build the tab's components here."""
    choices = listening.choices(lab)
    first = choices[0][1] if choices else None
    one = listening.hearer(lab, first)
    translators, denoisers = translating.translators(lab), listening.installed(lab, Kind.DENOISE)
    with gr.Row(elem_id="live-row", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            captions = gr.HTML(
                listening.plan(lab, first, Wish()),
                html_template=asset("live.html"),
                js_on_load="\n".join(asset(script) for script in SCRIPTS),
                apply_default_css=False,
                elem_id="live",
                ear=asset("live_ear.js"),
                formats=[
                    {"id": format.id, "suffix": format.suffix, "summary": format.summary}
                    for format in lab.plugins.formats.values()
                ],
            )
        with gr.Column(scale=3, min_width=280, elem_id="live-settings", elem_classes="card"):
            heard_by = gr.Dropdown(choices, value=first, label="Engine or pipeline", elem_id="live-hearer")
            about = gr.HTML(listening.about(one), apply_default_css=False)
            spoken = Languages(
                _languages(one), first="Detect", label="Language spoken", elem_id="live-language", visible=_told(one)
            )
            into = Languages(
                translating.targets(lab, None, None),
                first="None",
                label="Translate into",
                elem_id="live-target",
                visible=_translates(one, translators),
            )
            with gr.Column(visible=False, elem_classes="switched", elem_id="live-translation") as how:
                translator = gr.Dropdown(
                    translating.choices(lab),
                    value="",
                    label="Translated by",
                    elem_id="live-translator",
                    visible=len(translators) > 1,
                )
                tentative = gr.Checkbox(
                    False,
                    label="Translate while people speak",
                    info="Words that may still change are translated too, and are lighter. What is settled goes first.",
                    elem_id="live-tentative",
                )
            pause = gr.Slider(
                100,
                2000,
                value=_pause(one),
                step=50,
                label="Pause that ends a sentence",
                info="Milliseconds of silence that settle what was said: fewer are quicker, more keep sentences whole.",
                elem_id="live-pause",
                visible=one is not None and one.pause is not None,
            )
            denoiser = _picker(denoisers, "Clean the sound", "live-denoiser", none="No", visible=bool(denoisers))
            below = gr.Column(elem_id="live-knobs")
    beside = [spoken.picker, into.picker, translator, tentative, denoiser, pause]

    def planned(key: str | None, shown: list[Any], values: dict[str, Any]) -> dict[str, Any]:
        language, target, translator, tentative, denoiser, pause = shown
        return listening.plan(lab, key, Wish(language, target, translator, denoiser, pause, values, tentative))

    def of_hearer(key: str | None) -> None:
        one = listening.hearer(lab, key)
        if one is None:
            return
        made = controls(one.knobs, prefix="live-knob")

        def change(*shown: Any) -> tuple[Any, ...]:
            _, target, *_ = shown
            return (
                planned(key, list(shown[: len(beside)]), made.values(shown[len(beside) :])),
                gr.Column(visible=_translates(one, translators) and bool(target)),
            )

        events = [event for component in (*beside, *made.components) for event in changed(component)]
        gr.on(events, change, [*beside, *made.components], [captions, how], trigger_mode="always_last", **AS_SHOWN)

    with below:
        gr.render(inputs=[heard_by], **IN_TURN)(of_hearer)

    def pick(key: str | None, *shown: Any) -> tuple[Any, ...]:
        one = listening.hearer(lab, key)
        language, *others, _ = shown
        kept = language if language in _languages(one) else one.language if one else ""
        now = [kept, *others, _pause(one)]
        having = spoken.having if kept == language else spoken.showing
        return (
            planned(key, now, {}),
            listening.about(one),
            *having(_languages(one), kept, visible=_told(one)),
            gr.Dropdown(visible=_translates(one, translators)),
            gr.Column(visible=_translates(one, translators) and bool(others[0])),
            gr.Dropdown(visible=bool(denoisers) and not (one and one.has(Kind.DENOISE))),
            gr.Slider(value=_pause(one), visible=one is not None and one.pause is not None),
        )

    outputs = [captions, about, *spoken.outputs, into.picker, how, denoiser, pause]
    spoken.name(heard_by.change(pick, [heard_by, *beside], outputs, **AS_SHOWN))

    def lead(language: str | None, id: str | None, target: str | None) -> tuple[Any, ...]:
        return into.having(translating.targets(lab, language, id), target)

    for picker in (spoken.picker, translator):
        into.name(picker.input(lead, [spoken.picker, translator, into.picker], into.outputs, **AS_SHOWN))


def _languages(one: Hearer | None) -> tuple[str, ...]:
    return (one.languages or ()) if one else ()


def _told(one: Hearer | None) -> bool:
    return one is not None and one.languages is not None


def _translates(one: Hearer | None, translators: list[Any]) -> bool:
    """Whether a translation can be put after what hears."""
    return bool(translators) and one is not None and not one.has(*GIVES_TRANSLATION)


def _pause(one: Hearer | None) -> int:
    return (one and one.pause) or listening.UNKNOWN_PAUSE


def _picker(specs: list[Any], label: str, elem_id: str, *, none: str = "", visible: bool) -> gr.Dropdown:
    """A picker of engines; where there may be none, that comes first."""
    choices = [*([(none, "")] if none else []), *((spec.id, spec.id) for spec in specs)]
    value = choices[0][1] if choices else None
    return gr.Dropdown(choices, value=value, label=label, elem_id=elem_id, visible=visible)
