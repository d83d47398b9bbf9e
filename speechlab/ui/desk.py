"""Between the page's handlers and the lab's queue: whose recording it is, what is asked for, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from ..clients import admit
from ..engines import EngineSpec, Kind
from ..errors import ConfigError, SpeechLabError
from ..jobs import Job, Jobs, Order, State, Upload
from ..lab import Lab
from . import settings
from .results import Outline, outlines
from .visitors import owner


class Desk:
    """One for each lab that is shown on a page."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.jobs: Jobs = lab.jobs

    def spec(self, id: str | None) -> EngineSpec | None:
        """The recognizer of this id, if there is one."""
        return self.lab.plugins.engines.get((Kind.ASR, id or ""))

    def submit(
        self,
        said: Mapping[str, Any],
        spec: EngineSpec,
        language: str | None,
        values: dict[str, Any],
        **steps: Mapping[str, Any] | None,
    ) -> None:
        """Work on an upload, or once more on one whose job failed; what is said twice is done once.

        ``steps`` are those around recognition, under the names of :func:`~speechlab.ui.settings.order`.
        """
        who = owner(said.get("visitor"))
        try:
            upload = self.jobs.uploads.get(who, said["upload"])
        except LookupError:
            raise gr.Error("That file is no longer here; drop it again.", print_exception=False) from None
        pipeline, channel = settings.order(spec, language, values, **steps)
        try:
            admit(self.lab, *pipeline["stage"])
        except SpeechLabError as error:
            raise _shown(error) from None
        order = Order(name=upload.name, sound=upload.path, pipeline=pipeline, channel=channel, upload=upload)
        earlier = [job for job in self.jobs.of(who) if job.order.upload is upload]
        if again := next((job for job in earlier if job.id == said.get("job")), None):
            if again.state in (State.FAILED, State.CANCELLED):
                outlines[again].begin()
                self.jobs.retry(again, order)
                return
        elif earlier:
            return
        outline = Outline()
        job = self.jobs.submit(who, order, hear=outline.hear, release=self.jobs.uploads.hold(upload))
        outlines[job] = outline

    def job(self, said: Mapping[str, Any]) -> Job | None:
        """The visitor's own job that a row stands for, if it is still there."""
        try:
            return self.jobs.get(owner(said.get("visitor")), str(said.get("id")))
        except (LookupError, ConfigError):
            return None

    def take(self, make: Callable[[], Upload]) -> str:
        """The address of a file made for downloading; what is wrong is told on the page."""
        try:
            return f"lab/files/{make().id}"
        except SpeechLabError as error:
            raise _shown(error) from None
        except LookupError:
            raise gr.Error("That recording is no longer here.", print_exception=False) from None


def _shown(error: SpeechLabError) -> gr.Error:
    """The error as the page shows it."""
    return gr.Error(f"{error}. {error.hint}" if error.hint else str(error), print_exception=False)


def said(event: gr.EventData) -> Mapping[str, Any]:
    """What a script of the page told with its event."""
    told: Mapping[str, Any] | None = event._data
    return told or {}
