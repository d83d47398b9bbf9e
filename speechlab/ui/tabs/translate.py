"""The tab *Translate*: a text, a recording or subtitles in several languages side by side, to read, hear and take."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ...lab import Lab
from .. import sheet_files, translating
from ..assets import asset
from ..controls import build as controls
from ..controls import changed
from ..languages import Languages
from ..quiet import AS_SHOWN, IN_TURN, QUIET
from ..translating import Wish

SCRIPTS = (
    "telling.js",
    "wire.js",
    "rows.js",
    "pulse.js",
    "in_turn.js",
    "sheet_wire.js",
    "sheet_rows.js",
    "sheet_sound.js",
    "sheet.js",
)
"""The parts of the sheet's script, in the order in which they build on each other."""
RECALL = """(known) => {
  const codes = known.split(" ").filter(Boolean), has = (code) => !codes.length || codes.includes(code);
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem("speechlab-into")); } catch { /* then by the reader's own language */ }
  const read = navigator.languages.flatMap((tag) => [tag, tag.split("-")[0]]).find((tag) => codes.includes(tag));
  return { __type__: "update", value: (kept ?? (read ? [read] : [])).filter(has) };
}"""
"""What was picked last, as the sheet's script remembers it; at first, the reader's own language."""
SWAP = """(from, into, engine) => {
  const told = { from: from || document.querySelector(".sheet")?.dataset.spoken || "", into: into[0] || "" };
  document.dispatchEvent(new CustomEvent("speechlab:swap", { detail: told }));
  return [told.from, into, engine];
}"""
"""A language that was detected is as good as one that was picked."""


def build(lab: Lab) -> None:
    """Build the tab's components here."""
    with gr.Row(elem_id="translate-start", equal_height=True):
        with gr.Column(scale=5, min_width=320):
            gr.HTML(
                html_template=asset("desk.html"),
                js_on_load=asset("desk.js"),
                apply_default_css=False,
                elem_id="translate-desk",
            )
        with gr.Column(scale=3, min_width=280, elem_id="translate-settings", elem_classes="card"):
            sources = translating.sources(lab, None)
            spoken = Languages(sources, first="Detect", label="From", elem_id="translate-from")
            swap = gr.Button("Swap", elem_id="translate-swap", size="sm")
            targets = translating.targets(lab, None, None)
            into = Languages(targets, label="Into", elem_id="translate-into")
            at_first = gr.Textbox(" ".join(targets), visible=False)
            choices = translating.choices(lab)
            engine = gr.Dropdown(choices, value="", label="Translated by", elem_id="translate-engine")
            about = gr.HTML(translating.about(lab, ""), apply_default_css=False)
            terms = gr.Textbox(
                label="Glossary",
                info="A term on each line: one alone stays as it is, “term = word” becomes that word.",
                lines=2,
                max_lines=8,
                elem_id="translate-glossary",
            )
            below = gr.Column(elem_id="translate-knobs")
    sheet = gr.HTML(
        translating.plan(lab, Wish()),
        html_template=asset("sheet.html"),
        js_on_load="\n".join(asset(script) for script in SCRIPTS),
        apply_default_css=False,
        elem_id="translate-sheet",
        formats=sheet_files.formats(lab),
    )
    values = gr.State({})
    beside = [spoken.picker, into.picker, engine, terms, values]

    def planned(
        source: str | None, targets: list[str] | None, id: str | None, told: str | None, values: dict[str, Any]
    ) -> dict[str, Any]:
        return translating.plan(lab, Wish(source, targets or (), id, told or "", values))

    def of_engine(id: str | None) -> None:
        spec = translating.spec(lab, id)
        if spec is None:
            return
        made = controls(translating.parameters(spec), shown=0, prefix="translate-knob")
        events = [event for component in made.components for event in changed(component)]
        change = {"trigger_mode": "always_last", **QUIET}
        told = gr.on(events, lambda *shown: made.values(shown), [*made.components], [values], **change)
        told.then(planned, beside, [sheet], **AS_SHOWN)  # a state that no queue sees tells nobody of its change

    with below:
        gr.render(inputs=[engine], **IN_TURN)(of_engine)

    settled = [spoken.picker.change, into.picker.change, *changed(terms)]
    gr.on(settled, planned, beside, [sheet], trigger_mode="always_last", **AS_SHOWN)

    def pick(id: str | None, source: str | None, targets: list[str] | None) -> tuple[Any, ...]:
        sources = translating.sources(lab, id)
        source = source if source in sources else ""
        return (
            {},
            translating.about(lab, id),
            *spoken.having(sources, source),
            *into.having(translating.targets(lab, source, id), targets),
        )

    def swapped(source: str | None, targets: list[str] | None, id: str | None) -> tuple[Any, ...]:
        sources = translating.sources(lab, id)
        first, *others = targets or [source or ""]
        around = [source, *(one for one in others if one != source)] if source and targets else others
        now = translating.among(first, sources)
        return (*spoken.showing(sources, now), *into.showing(lead(now, id), around))

    def lead(source: str | None, id: str | None) -> tuple[str, ...]:
        return translating.targets(lab, source, id)

    outputs = [*spoken.outputs, *into.outputs]
    picked = engine.change(pick, [engine, spoken.picker, into.picker], [values, about, *outputs], **AS_SHOWN)
    picked.then(planned, beside, [sheet], **AS_SHOWN)
    turned = swap.click(swapped, [spoken.picker, into.picker, engine], outputs, js=SWAP, **AS_SHOWN)
    for event in (picked, turned):
        spoken.name(event)
        into.name(event)
    led = spoken.picker.input(
        lambda source, id, targets: into.having(lead(source, id), targets),
        [spoken.picker, engine, into.picker],
        into.outputs,
        **AS_SHOWN,
    )
    into.name(led)
    recalled = gr.on(None, None, [at_first], [into.picker], js=RECALL, **QUIET)
    recalled.then(planned, beside, [sheet], **AS_SHOWN)
