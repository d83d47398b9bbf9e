"""The page: a header, and a tab for each that a plugin registered."""

from __future__ import annotations

import logging

import gradio as gr

from ..contributions import Tab, loaded
from ..errors import SpeechLabError
from ..lab import Lab
from .assets import asset
from .html import render

log = logging.getLogger(__name__)
DAY = 24 * 3600


def page(lab: Lab) -> gr.Blocks:
    """All of it. A tab that cannot be built shows why, in its own panel, and takes nothing else down."""
    failures = {tab.id: _tried(tab, lab) for tab in lab.plugins.tabs}
    blocks: gr.Blocks
    with gr.Blocks(title="speechlab", analytics_enabled=False, delete_cache=(DAY // 24, DAY)) as blocks:
        gr.HTML(
            html_template=asset("header.html"),
            js_on_load=asset("header.js"),
            apply_default_css=False,
            badge="Local only" if lab.policy.local_only else "",
        )
        with gr.Tabs(elem_id="tabs"):
            for tab in lab.plugins.tabs:
                with gr.Tab(tab.title, id=tab.id, elem_id=f"tab-{tab.id}"):
                    failure = failures[tab.id]
                    if failure is None:
                        loaded(tab.load)(lab)
                    else:
                        gr.HTML(_told(tab, failure), apply_default_css=False)
        gr.HTML(render("footer"), apply_default_css=False)
    return blocks


def _tried(tab: Tab, lab: Lab) -> Exception | None:
    """What goes wrong when the tab is built apart, where it can leave nothing half-built on the page."""
    try:
        with gr.Blocks():
            loaded(tab.load)(lab)
    except Exception as error:  # isolation is what this function is for
        log.warning("the tab %r was left out", tab.id, exc_info=error)
        return error
    return None


def _told(tab: Tab, error: Exception) -> str:
    return render(
        "failed",
        title=tab.title,
        reason=str(error) if isinstance(error, SpeechLabError) else f"{type(error).__name__}: {error}",
        hint=getattr(error, "hint", "") or "Reinstall or remove the plugin that brings it; everything else works.",
    )
