"""What the page asks for conversions: voices to convert into, the work, both sounds, and a file to take home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from ..lab import Lab
from ..rest.errors import refusal
from .columns import lines
from .converting import Asked, Conversions, voices
from .playable import playable
from .visitors import owner

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
LINES = "application/x-ndjson"


def conversion_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/conversions``."""
    router = APIRouter(prefix="/lab/conversions", include_in_schema=False)
    conversions = Conversions(lab)

    @router.post("/voices")
    def there(said: dict[str, Any]) -> JSONResponse:
        """Into which voices the converter leads that is chosen."""
        values, own = said.get("values"), said.get("own") is True
        found = voices(lab, str(said.get("engine") or ""), values if isinstance(values, dict) else {}, own=own)
        return JSONResponse(found, headers=PRIVATE)

    @router.post("")
    async def convert(said: dict[str, Any], x_visitor: str = Header()) -> StreamingResponse:
        """Convert a recording that was sent; answers with lines of JSON. Hang up to stop."""
        work = conversions.work(owner(x_visitor), Asked.read(said))
        return StreamingResponse(lines(work), media_type=LINES, headers=PRIVATE)

    @router.get("/{id}/before")
    def before(id: str) -> Any:
        """The recording, to be heard."""
        try:
            path, mime = playable(conversions.find(id).before.path)
        except LookupError:
            return _gone()
        return FileResponse(path, media_type=mime, headers=PRIVATE)

    @router.get("/{id}/after")
    def after(id: str) -> Any:
        """The same in the other voice."""
        try:
            path = conversions.find(id).after.path
        except LookupError:
            return _gone()
        return FileResponse(path, media_type="audio/flac", headers=PRIVATE)

    @router.post("/{id}/files")
    def file(id: str, said: dict[str, Any]) -> Any:
        """A file of it, to be fetched once."""
        try:
            made = conversions.file(conversions.find(id), str(said.get("format") or "flac"))
        except LookupError:
            return _gone()
        return JSONResponse({"address": f"lab/files/{made.id}"}, headers=PRIVATE)

    return router


def _gone() -> JSONResponse:
    return refusal(404, "this conversion is no longer here; convert it again", "not_found")
