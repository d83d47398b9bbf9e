"""The panel *Speech detection*: what a detector takes for speech in the recording that is opened, at any threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from ..engines import Kind
from ..lab import Lab
from ..params import check
from .assets import asset
from .desk import said
from .quiet import QUIET


class SpeechPanel:
    """The picture of detected speech. :attr:`picture` takes the id of the job that is opened, or empty; :attr:`chosen`
    holds the step that detects speech as somebody set it there, or None."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.picture = gr.HTML(
            "",
            html_template="<div></div>",
            js_on_load=asset("speech.js"),
            apply_default_css=False,
            elem_id="speech",
        )
        self.chosen = gr.State(None)
        self.picture.submit(self._choose, None, [self.chosen], **QUIET)

    def _choose(self, event: gr.EventData) -> dict[str, Any] | None:
        told = said(event)
        return step(self._lab, str(told.get("engine") or ""), told.get("values") or {})


def step(lab: Lab, engine: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The step that detects speech so; None where nothing was chosen. Raises ConfigError for wrong values."""
    if not engine:
        return None
    spec = lab.plugins.engine(Kind.VAD, engine)
    check(spec.options, values, spec.name)
    return {"use": spec.name, **values}
