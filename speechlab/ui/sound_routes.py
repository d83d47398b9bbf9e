"""What the page asks of a job's sound: how it is, its spectrogram, and where speech is heard at which threshold."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from ..errors import ConfigError
from ..jobs import Job, Jobs
from ..lab import Lab
from .answers import PRIVATE, answer, there
from .soundcard import soundcard
from .speech_picture import Pictures, Track

KEPT = {"cache-control": "private, max-age=3600", "x-content-type-options": "nosniff"}


def sound_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab``."""
    router = APIRouter(prefix="/lab", include_in_schema=False)
    jobs: Jobs = lab.jobs
    pictures = Pictures(lab)

    def known(id: str) -> Job:
        with there("there is no such recording any more"):
            return jobs.find(id)

    @router.get("/check/{id}")
    async def check(id: str, html: bool = False) -> Any:
        """The sound check of a job's recording, as JSON, or as a card for the page."""
        job = known(id)
        found = await run_in_threadpool(pictures.check, job)
        return HTMLResponse(soundcard(found), headers=PRIVATE) if html else answer(found.as_json())

    @router.get("/spectrogram/{id}")
    async def spectrogram(id: str, track: Track = "raw") -> Any:
        """A picture of a job's recording, or of its cleaned sound."""
        job = known(id)
        picture = await run_in_threadpool(pictures.spectrogram, job, track)
        return Response(picture, media_type="image/png", headers=KEPT)

    @router.get("/speech/{id}")
    async def speech(id: str, request: Request) -> Any:
        """Where a detector hears speech: ``engine``, its options, and ``from`` and ``to`` in seconds as the query."""
        job = known(id)
        given: dict[str, Any] = dict(request.query_params)
        engine, start, end = given.pop("engine", None), given.pop("from", "0"), given.pop("to", None)
        span = _seconds(start), None if end is None else _seconds(end)
        return answer(await run_in_threadpool(pictures.speech, job, engine, given, *span))

    return router


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
        if math.isfinite(seconds):
            return seconds
    except ValueError:
        pass
    raise ConfigError(f"{text!r} is no time in seconds", hint="give a number such as 12.5")
