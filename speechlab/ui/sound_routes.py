"""What the page asks of a job's sound: how it is, its spectrogram, and where speech is heard at which threshold."""

from __future__ import annotations

import math
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from ..errors import ConfigError
from ..jobs import Jobs
from ..lab import Lab
from ..rest.errors import refusal
from .soundcard import soundcard
from .speech_picture import Pictures, Track

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
KEPT = {"cache-control": "private, max-age=3600", "x-content-type-options": "nosniff"}


def sound_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab``."""
    router = APIRouter(prefix="/lab", include_in_schema=False)
    jobs: Jobs = lab.jobs
    pictures = Pictures(lab)

    @router.get("/check/{id}")
    async def check(id: str, html: bool = False) -> Any:
        """The sound check of a job's recording, as JSON, or as a card for the page."""
        try:
            job = jobs.find(id)
        except LookupError:
            return _gone()
        found = await run_in_threadpool(pictures.check, job)
        return (
            HTMLResponse(soundcard(found), headers=PRIVATE) if html else JSONResponse(found.as_json(), headers=PRIVATE)
        )

    @router.get("/spectrogram/{id}")
    async def spectrogram(id: str, track: Track = "raw") -> Any:
        """A picture of a job's recording, or of its cleaned sound."""
        try:
            job = jobs.find(id)
        except LookupError:
            return _gone()
        picture = await run_in_threadpool(pictures.spectrogram, job, track)
        return Response(picture, media_type="image/png", headers=KEPT)

    @router.get("/speech/{id}")
    async def speech(id: str, request: Request) -> Any:
        """Where a detector hears speech: ``engine``, its options, and ``from`` and ``to`` in seconds as the query."""
        try:
            job = jobs.find(id)
        except LookupError:
            return _gone()
        given: dict[str, Any] = dict(request.query_params)
        engine, start, end = given.pop("engine", None), given.pop("from", "0"), given.pop("to", None)
        span = _seconds(start), None if end is None else _seconds(end)
        return JSONResponse(await run_in_threadpool(pictures.speech, job, engine, given, *span), headers=PRIVATE)

    return router


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
        if math.isfinite(seconds):
            return seconds
    except ValueError:
        pass
    raise ConfigError(f"{text!r} is no time in seconds", hint="give a number such as 12.5")


def _gone() -> JSONResponse:
    return refusal(404, "there is no such recording any more", "not_found")
