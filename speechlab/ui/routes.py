"""What the page asks for beside Gradio: send files, follow the queue, hear a recording, take results home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Header, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool

from ..errors import ConfigError
from ..jobs import Job, Jobs
from ..lab import Lab
from ..rest.errors import Gone
from . import who
from .answers import PRIVATE, sound_file, there
from .playable import playable
from .results import shown
from .rows import row
from .visitors import owner

BLOCK = 1 << 20
"""Bytes of an upload that are written at once."""
PULSE = 0.1
"""Seconds between two looks at what changed."""
STILL_HERE = 300.0
"""Seconds after which a page that follows the queue counts as a visit again."""
GONE = "there is no such recording any more"


def routes(lab: Lab) -> APIRouter:
    """The page's own routes, under ``/lab``."""
    router = APIRouter(prefix="/lab", include_in_schema=False)
    jobs: Jobs = lab.jobs

    def known(id: str) -> Job:
        with there(GONE):
            return jobs.find(id)

    @router.post("/uploads")
    async def upload(request: Request, name: str, x_visitor: str = Header()) -> JSONResponse:
        """Take a file, written to disk while it comes."""
        new = jobs.uploads.new(owner(x_visitor), name)
        block = bytearray()
        try:
            async for part in request.stream():
                block += part
                if len(block) >= BLOCK:
                    await run_in_threadpool(jobs.uploads.write, new, block)
                    block = bytearray()
            await run_in_threadpool(jobs.uploads.write, new, block)
        except BaseException:  # its sender has gone, it is too large, or the disk is full
            jobs.uploads.drop(new)
            raise
        return JSONResponse({"upload": new.id})

    @router.websocket("/queue")
    async def queue(socket: WebSocket) -> None:
        """Follow one's own part of the queue, and say what to do with it."""
        await socket.accept()
        with suppress(WebSocketDisconnect):
            try:
                who = owner((await socket.receive_json())["visitor"])
            except (ConfigError, ValueError, LookupError, TypeError):
                await socket.close(1008)
                return
            telling = asyncio.create_task(_tell(socket, jobs, who))
            try:
                async for said in socket.iter_json():
                    await run_in_threadpool(_do, jobs, who, said)
            finally:
                telling.cancel()

    @router.get("/sound/{id}")
    async def sound(id: str) -> FileResponse:
        """A job's recording, in a form that browsers play; seeking asks for ranges of it."""
        if (kept := known(id).order.upload) is None:
            raise Gone(GONE)
        return sound_file(*await run_in_threadpool(playable, kept.path))

    @router.get("/heard/{id}")
    async def heard(id: str) -> FileResponse:
        """A job's recording as it was cleaned for the ear."""
        if (kept := known(id).heard) is None or not kept.exists():
            raise Gone("there is no cleaned sound of this recording")
        return sound_file(*await run_in_threadpool(playable, kept))

    @router.post("/speakers/{id}")
    async def speakers(id: str, said: dict[str, Any]) -> HTMLResponse:
        """Correct who speaks in a job's recording; answers with its player."""

        def corrected() -> str:
            job = known(id)
            if (editing := who.editing(lab, job)) is None:
                raise Gone(GONE)
            who.correct(editing, said)
            return shown(lab, job)

        return HTMLResponse(await run_in_threadpool(corrected), headers=PRIVATE)

    @router.get("/files/{id}")
    async def file(id: str) -> FileResponse:
        """A file that was made to be taken home."""
        with there("there is no such file any more"):
            kept = jobs.uploads.find(id)
        return FileResponse(kept.path, filename=kept.name, media_type="application/octet-stream", headers=PRIVATE)

    return router


async def _tell(socket: WebSocket, jobs: Jobs, who: str) -> None:
    """Send what changed, as soon as it does, until the socket closes."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake(job: Job) -> None:
        if job.owner == who:
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(changed.set)

    unwatch: Callable[[], None] = jobs.watch(wake)
    sent: dict[str, dict[str, Any]] = {}
    try:
        while True:
            changed.clear()
            jobs.touch(who)
            rows = {job.id: row(job) for job in jobs.of(who)}
            news = {id: told for id, told in rows.items() if sent.get(id) != told}
            await socket.send_json({"order": list(rows), "rows": news})
            sent = rows
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), STILL_HERE)
                await asyncio.sleep(PULSE)
    finally:
        unwatch()


def _do(jobs: Jobs, who: str, said: Any) -> None:
    """Do what the page says; what is gone already needs nothing."""
    match said:
        case {"do": "cancel", "id": str(id)}:
            with suppress(LookupError):
                jobs.cancel(jobs.get(who, id))
        case {"do": "remove", "id": str(id)}:
            with suppress(LookupError):
                jobs.remove(jobs.get(who, id))
        case {"do": "cancel all"}:
            for job in jobs.of(who):
                jobs.cancel(job)
        case {"do": "remove finished"}:
            for job in jobs.of(who):
                if job.state.over:
                    jobs.remove(job)
        case _:
            pass
