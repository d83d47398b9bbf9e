"""The tab *Engines*: all there are, what each needs, which are in memory, and which plugins were left out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

import gradio as gr

from ...engines import EngineSpec, Kind, present
from ...lab import Lab
from ...preferred import TOY
from ..html import render
from ..quiet import QUIET


def build(lab: Lab) -> None:
    """Build the tab's components here."""

    def memory() -> str:
        return render("memory", resident=lab.pool.resident())

    def empty() -> str:
        freed, busy = lab.pool.unload(), len(lab.pool.resident())
        gr.Info(f"{freed} unloaded, {busy} still at work" if busy else f"{freed} unloaded", duration=3)
        return memory()

    with gr.Row(elem_id="memory", elem_classes="card"):
        shown = gr.HTML(js_on_load="trigger('load')", apply_default_css=False)
        unload = gr.Button("Unload", size="sm", scale=0, min_width=110, elem_id="unload")
    if broken := [report for report in lab.plugins.reports if report.error]:
        gr.HTML(render("broken", broken=broken), apply_default_css=False)
    toys = [spec for spec in lab.engines() if TOY in spec.features]
    real = [spec for spec in lab.engines() if TOY not in spec.features]
    fetches = {spec.name for spec in real if not all(present(weights, lab.home) for weights in spec.weights)}
    shelf = render("engines", kinds=_by_kind(real), toys=_by_kind(toys), fetches=fetches)
    gr.HTML(shelf, apply_default_css=False, elem_id="engines")
    shown.load(memory, None, [shown], **QUIET)  # when the tab is opened; a timer ticks only while it is
    gr.Timer(5).tick(memory, None, [shown], **QUIET)
    unload.click(empty, None, [shown], **QUIET)


def _by_kind(specs: Iterable[EngineSpec]) -> list[tuple[Kind, list[EngineSpec]]]:
    """The engines of each kind, those that can run first."""
    order = list(Kind)
    ranked = sorted(specs, key=lambda spec: (order.index(spec.kind), bool(spec.missing()), spec.id))
    return [(kind, list(group)) for kind, group in groupby(ranked, attrgetter("kind"))]
