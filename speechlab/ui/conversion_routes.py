"""What the page asks for conversions: voices to convert into, the work, both sounds, and a file to take home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from ..lab import Lab
from .answers import address, answer, sound_file, stream, there
from .converting import Asked, Conversion, Conversions, voices
from .playable import playable
from .visitors import owner


def conversion_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/conversions``."""
    router = APIRouter(prefix="/lab/conversions", include_in_schema=False)
    conversions = Conversions(lab)

    def known(id: str) -> Conversion:
        with there("this conversion is no longer here", hint="convert it again"):
            return conversions.find(id)

    @router.post("/voices")
    def leads(said: dict[str, Any]) -> JSONResponse:
        """Into which voices the converter leads that is chosen."""
        values, own = said.get("values"), said.get("own") is True
        found = voices(lab, str(said.get("engine") or ""), values if isinstance(values, dict) else {}, own=own)
        return answer(found)

    @router.post("")
    async def convert(said: dict[str, Any], x_visitor: str = Header()) -> StreamingResponse:
        """Convert a recording that was sent; answers with lines of JSON. Hang up to stop."""
        work = conversions.work(owner(x_visitor), Asked.read(said))
        return stream(work)

    @router.get("/{id}/before")
    def before(id: str) -> FileResponse:
        """The recording, to be heard."""
        return sound_file(*playable(known(id).before.path))

    @router.get("/{id}/after")
    def after(id: str) -> FileResponse:
        """The same in the other voice."""
        return sound_file(known(id).after.path)

    @router.post("/{id}/files")
    def file(id: str, said: dict[str, Any]) -> JSONResponse:
        """A file of it, to be fetched once."""
        return address(conversions.file(known(id), str(said.get("format") or "flac")))

    return router
