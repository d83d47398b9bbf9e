"""What the tab *Voices* asks for to speak a text: voices, a reading, its takes sentence by sentence, and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Header, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ..lab import Lab
from ..media import encode, probe
from ..rest.errors import refusal
from ..types import Audio
from . import take_files
from .columns import lines
from .readings import Reading, Readings, Take, Who, row_told
from .takes import Asked, proofs, quotes, reading, work
from .visitors import owner
from .voice_choices import Choices

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
LINES = "application/x-ndjson"
LONGEST = 60.0
"""Seconds of silence before a sentence."""


def take_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/takes``."""
    router = APIRouter(prefix="/lab/takes", include_in_schema=False)
    readings, choices = Readings(), Choices(lab)

    @router.get("/voices")
    def voices() -> JSONResponse:
        """The voices that may be picked; an engine's own only where somebody asked for them before."""
        return JSONResponse(choices.told(), headers=PRIVATE)

    @router.get("/voices/{engine}")
    def voices_of(engine: str) -> JSONResponse:
        """An engine's own voices."""
        return JSONResponse(choices.of(engine), headers=PRIVATE)

    @router.post("/text")
    async def text(request: Request, name: str) -> JSONResponse:
        """What a file says."""
        data = await request.body()
        return JSONResponse({"text": await run_in_threadpool(take_files.text_of, name, data)}, headers=PRIVATE)

    @router.post("/quote")
    def quote(said: dict[str, Any]) -> JSONResponse:
        """What speaking a text will cost; nothing of it is sent."""
        return JSONResponse(quotes(lab, str(said.get("text") or ""), Asked.read(said)), headers=PRIVATE)

    @router.post("")
    def new(said: dict[str, Any], x_visitor: str = Header()) -> JSONResponse:
        """A text, as sentences to be spoken."""
        made = reading(lab, owner(x_visitor), str(said.get("text") or ""), Asked.read(said))
        return JSONResponse(readings.put(made).told(), headers=PRIVATE)

    @router.get("/{id}")
    def there(id: str) -> JSONResponse:
        """A reading as it is now."""
        found = _found(readings, id)
        return _gone() if found is None else JSONResponse(found.told(), headers=PRIVATE)

    @router.post("/{id}")
    async def speak(id: str, said: dict[str, Any]) -> Response:
        """Speak; answers with a line of JSON for each sentence. Hang up to stop."""
        found = _found(readings, id)
        if found is None:
            return _gone()
        return StreamingResponse(lines(work(lab, found, Asked.read(said))), media_type=LINES, headers=PRIVATE)

    @router.post("/{id}/rows/{row}")
    def reword(id: str, row: int, said: dict[str, Any]) -> JSONResponse:
        """Another wording of a sentence; what was said of it is no more."""
        found = _found(readings, id)
        if found is None or not 0 <= row < len(found.rows):
            return _gone()
        line = found.reword(row, str(said.get("text") or ""))
        return JSONResponse(row_told(line, found.language), headers=PRIVATE)

    @router.get("/{id}/rows/{row}")
    def sound(id: str, row: int, voice: str = "", engine: str = "", number: int = 0, after: float = 0.0) -> Response:
        """A sentence of a take, ``after`` so many seconds of silence."""
        found = _found(readings, id)
        take = found.takes.get(Who(voice, engine, number)) if found else None
        said = take.sounds.get(row) if take else None
        if said is None or not said.seconds:
            return _gone()
        if not after:
            return FileResponse(said.path, media_type="audio/flac", headers=PRIVATE)
        audio = said.audio
        silence = np.zeros(round(min(max(after, 0.0), LONGEST) * audio.sample_rate), np.float32)
        whole = Audio(np.concatenate([silence, audio.mono]), audio.sample_rate)
        flac = encode(whole, "flac", comment=probe(said.path).comment)
        return Response(flac, media_type="audio/flac", headers=PRIVATE)

    @router.post("/{id}/dropped")
    def drop(id: str, said: dict[str, Any]) -> JSONResponse:
        """Forget takes."""
        found = _found(readings, id)
        if found is None:
            return _gone()
        for who in Asked.read(said).voices:
            found.drop(who)
        return JSONResponse({}, headers=PRIVATE)

    @router.post("/{id}/proofs")
    async def listen(id: str, said: dict[str, Any]) -> Response:
        """Listen to takes; answers with a line of JSON for each sentence. Hang up to stop."""
        found = _found(readings, id)
        if found is None:
            return _gone()
        return StreamingResponse(lines(proofs(lab, found, _takes(found, said))), media_type=LINES, headers=PRIVATE)

    @router.post("/{id}/file")
    def file(id: str, said: dict[str, Any]) -> JSONResponse:
        """Takes as a file, to be fetched once."""
        found = _found(readings, id)
        if found is None:
            return _gone()
        made = take_files.made(lab, found, _takes(found, said), str(said.get("format") or ""))
        return JSONResponse({"address": f"lab/files/{made.id}"}, headers=PRIVATE)

    return router


def _found(readings: Readings, id: str) -> Reading | None:
    try:
        return readings.find(id)
    except LookupError:
        return None


def _takes(found: Reading, said: dict[str, Any]) -> list[Take]:
    """Those that the page names and that are there. Raises ConfigError."""
    return [found.takes[who] for who in Asked.read(said).voices if who in found.takes]


def _gone() -> JSONResponse:
    return refusal(404, "this text is no longer here; speak it again", "not_found")
