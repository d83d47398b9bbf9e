"""What the tab *Voices* asks for to speak a text: voices, a reading, its takes sentence by sentence, and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ..lab import Lab
from ..media import encode, probe
from ..rest.errors import Gone
from ..types import Audio
from . import take_files
from .answers import address, answer, sound_file, sounding, stream, there
from .readings import Reading, Readings, Take, Who, row_told
from .takes import Asked, proofs, quotes, reading, work
from .visitors import owner
from .voice_choices import Choices

LONGEST = 60.0
"""Seconds of silence before a sentence."""
GONE, AGAIN = "this text is no longer here", "speak it again"


def take_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/takes``."""
    router = APIRouter(prefix="/lab/takes", include_in_schema=False)
    readings, choices = Readings(), Choices(lab)

    def known(id: str) -> Reading:
        with there(GONE, hint=AGAIN):
            return readings.find(id)

    @router.get("/voices")
    def voices() -> JSONResponse:
        """The voices that may be picked; an engine's own only where somebody asked for them before."""
        return answer(choices.told())

    @router.get("/voices/{engine}")
    def voices_of(engine: str) -> JSONResponse:
        """An engine's own voices."""
        return answer(choices.of(engine))

    @router.post("/text")
    async def text(request: Request, name: str) -> JSONResponse:
        """What a file says."""
        data = await request.body()
        return answer({"text": await run_in_threadpool(take_files.text_of, name, data)})

    @router.post("/quote")
    def quote(said: dict[str, Any]) -> JSONResponse:
        """What speaking a text will cost; nothing of it is sent."""
        return answer(quotes(lab, str(said.get("text") or ""), Asked.read(said)))

    @router.post("")
    def new(said: dict[str, Any], x_visitor: str = Header()) -> JSONResponse:
        """A text, as sentences to be spoken."""
        made = reading(lab, owner(x_visitor), str(said.get("text") or ""), Asked.read(said))
        return answer(readings.put(made).told())

    @router.get("/{id}")
    def now(id: str) -> JSONResponse:
        """A reading as it is now."""
        return answer(known(id).told())

    @router.post("/{id}")
    async def speak(id: str, said: dict[str, Any]) -> StreamingResponse:
        """Speak; answers with a line of JSON for each sentence. Hang up to stop."""
        found = known(id)
        return stream(work(lab, found, Asked.read(said)))

    @router.post("/{id}/rows/{row}")
    def reword(id: str, row: int, said: dict[str, Any]) -> JSONResponse:
        """Another wording of a sentence; what was said of it is no more."""
        found = known(id)
        if not 0 <= row < len(found.rows):
            raise Gone(GONE, hint=AGAIN)
        line = found.reword(row, str(said.get("text") or ""))
        return answer(row_told(line, found.language))

    @router.get("/{id}/rows/{row}")
    def sound(id: str, row: int, voice: str = "", engine: str = "", number: int = 0, after: float = 0.0) -> Response:
        """A sentence of a take, ``after`` so many seconds of silence."""
        with there(GONE, hint=AGAIN):
            said = known(id).takes[Who(voice, engine, number)].sounds[row]
        if not said.seconds:
            raise Gone(GONE, hint=AGAIN)
        if not after:
            return sound_file(said.path)
        audio = said.audio
        silence = np.zeros(round(min(max(after, 0.0), LONGEST) * audio.sample_rate), np.float32)
        whole = Audio(np.concatenate([silence, audio.mono]), audio.sample_rate)
        flac = encode(whole, "flac", comment=probe(said.path).comment)
        return sounding(flac, "audio/flac")

    @router.post("/{id}/dropped")
    def drop(id: str, said: dict[str, Any]) -> JSONResponse:
        """Forget takes."""
        found = known(id)
        for who in Asked.read(said).voices:
            found.drop(who)
        return answer({})

    @router.post("/{id}/proofs")
    async def listen(id: str, said: dict[str, Any]) -> StreamingResponse:
        """Listen to takes; answers with a line of JSON for each sentence. Hang up to stop."""
        found = known(id)
        return stream(proofs(lab, found, _takes(found, said)))

    @router.post("/{id}/file")
    def file(id: str, said: dict[str, Any]) -> JSONResponse:
        """Takes as a file, to be fetched once."""
        found = known(id)
        made = take_files.made(lab, found, _takes(found, said), str(said.get("format") or ""))
        return address(made)

    return router


def _takes(found: Reading, said: dict[str, Any]) -> list[Take]:
    """Those that the page names and that are there. Raises ConfigError."""
    return [found.takes[who] for who in Asked.read(said).voices if who in found.takes]
