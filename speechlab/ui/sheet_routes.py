"""What the tab *Translate* asks for: a sheet, its columns, another wording, speech, and files to take home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool

from ..errors import ConfigError
from ..jobs import Jobs
from ..lab import Lab
from ..translation import as_recording
from . import sheet_files, who
from .answers import address, answer, sound_file, sounding, stream, there
from .columns import Asked, work
from .sheets import LONGEST, Sheet, Sheets, said
from .speaking import dubbed, spoken
from .visitors import owner

GONE, AGAIN = "this translation is no longer here", "translate it again"


def sheet_routes(lab: Lab) -> APIRouter:
    """The routes, under ``/lab/sheets``."""
    router = APIRouter(prefix="/lab/sheets", include_in_schema=False)
    jobs: Jobs = lab.jobs
    sheets = Sheets(lambda job: who.recording(lab, job))

    def known(id: str) -> Sheet:
        with there(GONE, hint=AGAIN):
            return sheets.find(id)

    @router.post("")
    async def new(told: dict[str, Any], x_visitor: str = Header()) -> Any:
        """A sheet of a text, or of the transcript of one of the visitor's jobs."""
        return answer(await run_in_threadpool(_made, jobs, sheets, owner(x_visitor), told))

    @router.post("/file")
    async def of_file(request: Request, name: str, x_visitor: str = Header()) -> Any:
        """A sheet of a file with subtitles, or with plain text."""
        data = await request.body()
        made = await run_in_threadpool(sheet_files.read, sheets, owner(x_visitor), name, data)
        return answer(made.told())

    @router.get("/{id}")
    async def now(id: str) -> Any:
        """A sheet as it is now."""
        return answer(await run_in_threadpool(known(id).told))

    @router.post("/{id}/columns")
    async def columns(id: str, told: dict[str, Any]) -> Any:
        """Translate; answers with a line of JSON for each segment. Hang up to stop."""
        sheet = known(id)
        return stream(work(lab, sheet, Asked.read(told)))

    @router.post("/{id}/rows/{row}")
    async def reword(id: str, row: str, told: dict[str, Any]) -> Any:
        """Another wording of a segment; what it was translated into is no more."""
        sheet = known(id)
        with there(GONE, hint=AGAIN):
            new = await run_in_threadpool(sheet.reword, row, str(told.get("text") or ""))
        return answer(said(new, sheet.recording.transcript.language))

    @router.get("/{id}/speech/{row}")
    async def speech(id: str, row: str, to: str | None = None) -> Any:
        """A segment spoken: its translation, or without ``to`` itself."""
        sheet = known(id)
        with there(GONE, hint=AGAIN):
            segment = sheet.find(row, to)
        language = to or segment.language or sheet.recording.transcript.language or ""
        return sounding(await run_in_threadpool(spoken, lab, segment.text, language), "audio/wav")

    @router.post("/{id}/dub/{to}")
    async def dub(id: str, to: str) -> Any:
        """Speak a column at the times of its recording; answers with lines of JSON. Hang up to stop."""
        sheet = known(id)
        return stream(dubbed(lab, sheet, to))

    @router.get("/{id}/dub/{to}")
    async def track(id: str, to: str) -> Any:
        """What came of it, to be heard; seeking asks for ranges of it."""
        with there(GONE, hint=AGAIN):
            return sound_file(known(id).dubs[to].path)

    @router.post("/{id}/files")
    async def files(id: str, told: dict[str, Any]) -> Any:
        """A file of columns, to be fetched once: one column, one beside the original, or all of them as a zip."""
        sheet = known(id)
        made = await run_in_threadpool(sheet_files.made, lab, sheet, told)
        return address(made)

    return router


def _made(jobs: Jobs, sheets: Sheets, visitor: str, told: dict[str, Any]) -> dict[str, Any]:
    match told:
        case {"job": str(id)}:
            with there(GONE, hint=AGAIN):
                return sheets.of_job(jobs.get(visitor, id)).told()
        case {"text": str(text)} if len(text) > LONGEST:
            raise ConfigError(
                f"a text of {len(text):,} characters is longer than the {LONGEST:,} that the page takes",
                hint="translate it in parts, or give it to `speechlab translate`",
            )
        case {"text": str(text)}:
            return sheets.put(visitor, "", as_recording(text)).told()
    raise ConfigError("that is nothing that can be translated", hint="load the page again")
