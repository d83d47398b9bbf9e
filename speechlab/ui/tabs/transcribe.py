"""The tab *Transcribe*: drop recordings, follow their jobs, read and hear what came of them, take it home."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ... import player
from ...engines import EngineSpec
from ...lab import Lab
from ...params import knobs
from .. import results, settings
from ..assets import asset
from ..controls import build as controls
from ..desk import Desk, said
from ..html import render
from ..languages import Languages
from ..quiet import IN_TURN, QUIET
from ..speech_panel import SpeechPanel
from ..switches import Clean, Who

FETCH = """(address) => {
  if (!address) return;
  const link = Object.assign(document.createElement("a"), { href: new URL(address, location.href), download: "" });
  link.click();
}"""
TRANSLATE = """() => {
  const job = document.querySelector(".queue .row-open")?.dataset.id;
  if (!job) return;
  try { sessionStorage.setItem("speechlab-sheet-job", job); } catch { /* the event tells it too */ }
  const hidden = [...document.querySelectorAll(".overflow-dropdown button")]; /* on a narrow screen */
  const beyond = () => hidden.find((button) => button.textContent.trim() === "Translate");
  (document.querySelector("#tab-translate-button") ?? beyond())?.click();
  document.dispatchEvent(new CustomEvent("speechlab:translate", { detail: { job } }));
}"""
"""Takes the transcript to the tab *Translate*."""


def build(lab: Lab) -> None:
    """Build the tab's components here."""
    desk = Desk(lab)
    with gr.Row(elem_id="start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            gr.HTML(
                html_template=asset("drop.html"),
                js_on_load=asset("record.js") + asset("drop.js"),
                apply_default_css=False,
                elem_id="drop",
                keep_hours=round(desk.jobs.keep_for / 3600),
            )
        with gr.Column(scale=3, min_width=280, elem_id="settings", elem_classes="card"):
            picked = settings.default_engine(lab)
            engine = gr.Dropdown(settings.engines(lab), value=picked, label="Engine", elem_id="engine")
            about = gr.HTML(settings.about(desk.spec(picked)), apply_default_css=False)
            spoken = Languages(_codes(desk.spec(picked)), first="Detect", label="Language spoken", elem_id="language")
            language = spoken.picker
            below = gr.Column(elem_id="knobs")
            who, clean = Who(lab), Clean(lab)
    queue = gr.HTML(html_template="<div></div>", js_on_load=asset("queue.js"), apply_default_css=False, elem_id="queue")
    with gr.Row(visible=False, elem_id="result") as result:
        with gr.Column(scale=5, min_width=320):
            page = gr.HTML(
                html_template=player.GRADIO_TEMPLATE,
                js_on_load=player.gradio_script(),
                apply_default_css=False,
                elem_id="player",
            )
            speech = SpeechPanel(lab)
        with gr.Column(scale=2, min_width=260, elem_id="beside"):
            opened = gr.State("")
            _download(desk, opened)
            if any(tab.id == "translate" for tab in lab.plugins.tabs):
                gr.Button("Translate", elem_id="to-translate").click(None, None, None, js=TRANSLATE, **QUIET)
            checked = gr.HTML(
                "",
                html_template="<div></div>",
                js_on_load=asset("check.js"),
                apply_default_css=False,
                elem_id="check",
            )
            cost = gr.HTML(apply_default_css=False, elem_id="cost")

    def of_engine(id: str | None) -> None:
        spec = desk.spec(id)
        if spec is None:
            return
        made = controls(settings.parameters(spec))
        whose, cleaned = len(who.components), len(clean.components)

        def submit(event: gr.EventData, language: str | None, detected: dict[str, Any] | None, *shown: Any) -> None:
            steps, values = shown[: whose + cleaned], made.values(shown[whose + cleaned :])
            around = {"speech": detected, "who": who.stage(*steps[:whose]), "clean": clean.stage(*steps[whose:])}
            desk.submit(said(event), spec, language, values, **around)

        inputs = [language, speech.chosen, *who.components, *clean.components, *made.components]
        queue.submit(submit, inputs, None, trigger_mode="multiple", **QUIET)

    with below:
        gr.render(inputs=[engine], **IN_TURN)(of_engine)

    def pick(id: str | None, language: str | None) -> tuple[Any, ...]:
        spec = desk.spec(id)
        return settings.about(spec), *spoken.having(_codes(spec), language)

    def open_(event: gr.EventData) -> tuple[Any, ...]:
        job = desk.job(said(event))
        if job is None:
            return gr.Row(visible=False), "", "", "", "", ""
        there = job.id if job.order.upload else ""
        return gr.Row(visible=True), results.shown(lab, job), results.cost(lab, job), there, there, job.id

    spoken.name(engine.change(pick, [engine, language], [about, *spoken.outputs], **QUIET))
    queue.select(
        open_, None, [result, page, cost, checked, speech.picture, opened], trigger_mode="always_last", **QUIET
    )


def _codes(spec: EngineSpec | None) -> tuple[str, ...]:
    return spec.languages if spec else ()


def _download(desk: Desk, opened: gr.State) -> None:
    """The card that gives the opened recording, or all of them, as files."""
    formats = desk.lab.plugins.formats
    with gr.Column(elem_classes="card", elem_id="download"):
        format = gr.Dropdown(
            list(formats),
            value="srt" if "srt" in formats else next(iter(formats), None),
            label="Download as",
            elem_id="format",
        )
        address = gr.Textbox(visible=False)

        def of_format(id: str) -> None:
            if id not in formats:
                return
            gr.HTML(render("format", format=formats[id]), apply_default_css=False)
            layout = [knob for knob in knobs(formats[id].options) if knob.name != "track"]
            made = controls(layout, shown=0)
            with gr.Row(elem_classes="pair"):
                this = gr.Button("Download", variant="primary", elem_id="take")
                every = gr.Button("All as zip", elem_id="take-all")

            def one(job: str, *shown: Any) -> str:
                return desk.take(lambda: results.file_of(desk.lab, desk.jobs.find(job), id, made.values(shown)))

            def all_(job: str, *shown: Any) -> str:
                who = desk.jobs.find(job).owner
                return desk.take(lambda: results.zip_of(desk.lab, who, id, made.values(shown)))

            for button, handler in ((this, one), (every, all_)):
                button.click(handler, [opened, *made.components], [address], **QUIET).success(
                    None, [address], None, js=FETCH, **QUIET
                )

        gr.render(inputs=[format], **IN_TURN)(of_format)
