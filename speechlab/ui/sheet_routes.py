"""What the tab *Translate* asks for: a sheet, its columns, another wording, speech, and files to take home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ..errors import ConfigError
from ..jobs import Jobs
from ..lab import Lab
from ..rest.errors import refusal
from ..translation import as_recording
from . import sheet_files, who
from .columns import Asked, lines, work
from .sheets import LONGEST, Sheet, Sheets, said
from .speaking import dubbed, spoken
from .visitors import owner

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}

LINES = "application/x-ndjson"


def sheet_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/sheets``."""
    router = APIRouter(prefix="/lab/sheets", include_in_schema=False)
    jobs: Jobs = lab.jobs
    sheets = Sheets(lambda job: who.recording(lab, job))

    @router.post("")
    async def new(told: dict[str, Any], x_visitor: str = Header()) -> Any:
        """A sheet of a text, or of the transcript of one of the visitor's jobs."""
        made = await run_in_threadpool(_made, jobs, sheets, owner(x_visitor), told)
        return _gone() if made is None else JSONResponse(made, headers=PRIVATE)

    @router.post("/file")
    async def of_file(request: Request, name: str, x_visitor: str = Header()) -> Any:
        """A sheet of a file with subtitles, or with plain text."""
        data = await request.body()
        made = await run_in_threadpool(sheet_files.read, sheets, owner(x_visitor), name, data)
        return JSONResponse(made.told(), headers=PRIVATE)

    @router.get("/{id}")
    async def there(id: str) -> Any:
        """A sheet as it is now."""
        sheet = _found(sheets, id)
        return _gone() if sheet is None else JSONResponse(await run_in_threadpool(sheet.told), headers=PRIVATE)

    @router.post("/{id}/columns")
    async def columns(id: str, told: dict[str, Any]) -> Any:
        """Translate; answers with a line of JSON for each segment. Hang up to stop."""
        sheet = _found(sheets, id)
        if sheet is None:
            return _gone()
        return StreamingResponse(lines(work(lab, sheet, Asked.read(told))), media_type=LINES, headers=PRIVATE)

    @router.post("/{id}/rows/{row}")
    async def reword(id: str, row: str, told: dict[str, Any]) -> Any:
        """Another wording of a segment; what it was translated into is no more."""
        sheet = _found(sheets, id)
        if sheet is None:
            return _gone()
        try:
            new = await run_in_threadpool(sheet.reword, row, str(told.get("text") or ""))
        except LookupError:
            return _gone()
        return JSONResponse(said(new, sheet.recording.transcript.language), headers=PRIVATE)

    @router.get("/{id}/speech/{row}")
    async def speech(id: str, row: str, to: str | None = None) -> Any:
        """A segment spoken: its translation, or without ``to`` itself."""
        sheet = _found(sheets, id)
        if sheet is None:
            return _gone()
        try:
            segment = sheet.find(row, to)
        except LookupError:
            return _gone()
        language = to or segment.language or sheet.recording.transcript.language or ""
        sound = await run_in_threadpool(spoken, lab, segment.text, language)
        return Response(sound, media_type="audio/wav", headers=PRIVATE)

    @router.post("/{id}/dub/{to}")
    async def dub(id: str, to: str) -> Any:
        """Speak a column at the times of its recording; answers with lines of JSON. Hang up to stop."""
        sheet = _found(sheets, id)
        if sheet is None:
            return _gone()
        return StreamingResponse(lines(dubbed(lab, sheet, to)), media_type=LINES, headers=PRIVATE)

    @router.get("/{id}/dub/{to}")
    async def track(id: str, to: str) -> Any:
        """What came of it, to be heard; seeking asks for ranges of it."""
        sheet = _found(sheets, id)
        kept = sheet.dubs.get(to) if sheet else None
        return _gone() if kept is None else FileResponse(kept.path, media_type="audio/flac", headers=PRIVATE)

    @router.post("/{id}/files")
    async def files(id: str, told: dict[str, Any]) -> Any:
        """A file of columns, to be fetched once: one column, one beside the original, or all of them as a zip."""
        sheet = _found(sheets, id)
        if sheet is None:
            return _gone()
        made = await run_in_threadpool(sheet_files.made, lab, sheet, told)
        return JSONResponse({"address": f"lab/files/{made.id}"}, headers=PRIVATE)

    return router


def _made(jobs: Jobs, sheets: Sheets, visitor: str, told: dict[str, Any]) -> dict[str, Any] | None:
    match told:
        case {"job": str(id)}:
            try:
                return sheets.of_job(jobs.get(visitor, id)).told()
            except LookupError:
                return None
        case {"text": str(text)} if len(text) > LONGEST:
            raise ConfigError(
                f"a text of {len(text):,} characters is longer than the {LONGEST:,} that the page takes",
                hint="translate it in parts, or give it to `speechlab translate`",
            )
        case {"text": str(text)}:
            return sheets.put(visitor, "", as_recording(text)).told()
    raise ConfigError("that is nothing that can be translated", hint="load the page again")


def _found(sheets: Sheets, id: str) -> Sheet | None:
    try:
        return sheets.find(id)
    except LookupError:
        return None


def _gone() -> JSONResponse:
    return refusal(404, "this translation is no longer here; translate it again", "not_found")
