"""``/v1/audio/transcriptions`` and ``/v1/audio/translations``, as OpenAI's clients call them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from ..errors import SpeechLabError
from ..jobs import Job, Jobs, Order, State
from ..lab import Lab
from ..source import Source
from ..types import Event, Recording, SegmentUpdate
from . import errors, shapes
from .asked import Asked, Plan, Task, plan, read

OWNER = "api"
"""In whose name requests wait; together they have one turn in the queue, as a person has."""
SILENCE = 10.0
"""Seconds after which a stream says that it is still there."""


def routes(lab: Lab) -> APIRouter:
    """Both endpoints."""
    router = APIRouter(tags=["audio"])

    @router.post("/v1/audio/transcriptions", openapi_extra=_documented())
    async def transcriptions(request: Request) -> Response:
        """Speech as text."""
        return await respond(lab, request, Task.TRANSCRIBE)

    @router.post("/v1/audio/translations", openapi_extra=_documented())
    async def translations(request: Request) -> Response:
        """Speech as text in English, or in the language named by ``to``."""
        return await respond(lab, request, Task.TRANSLATE)

    return router


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request whose job is in the queue."""

    jobs: Jobs
    job: Job
    updates: asyncio.Queue[SegmentUpdate | None]
    """What is recognised; None at the end."""


async def respond(lab: Lab, request: Request, task: Task) -> Response:
    """Read the request, wait for the work, and answer; a client that goes away cancels it. Raises SpeechLabError."""
    form = await request.form()
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        return errors.refusal(400, "no file was sent; send the recording as the field 'file'", "missing_file", "file")
    try:
        asked, beside = read((name, value) for name, value in form.multi_items() if name != "file")
        plan_ = await run_in_threadpool(planned, lab, task, asked, beside, upload.file)
    except BaseException:
        await form.close()
        raise
    waiting = submit(lab, form, upload, plan_)
    headers = {"x-speechlab-engine": ", ".join(plan_.engines)}
    if plan_.ignored:
        headers["x-speechlab-ignored"] = ", ".join(plan_.ignored)
    if asked.stream:
        return StreamingResponse(streamed(waiting, plan_.track), media_type="text/event-stream", headers=headers)
    recording = await finished(request, waiting)
    if way := shapes.route(recording, plan_.track):
        headers["x-speechlab-route"] = way
    body, mime = await run_in_threadpool(shapes.answer, lab, recording, task, asked, plan_.track)
    return Response(body, media_type=mime, headers=headers)


def planned(lab: Lab, task: Task, asked: Asked, beside: dict[str, Any], file: BinaryIO) -> Plan:
    """The plan, once all that can be known before the work begins is known to be right."""
    shapes.check_format(lab, asked.response_format)
    made = plan(lab, task, asked, beside)
    _ = Source(file).duration  # raises AudioError where there is no sound in it
    return made


def submit(lab: Lab, form: FormData, upload: UploadFile, plan_: Plan) -> Waiting:
    """Put the work into the queue; what it tells arrives in this event loop."""
    loop = asyncio.get_running_loop()
    updates: asyncio.Queue[SegmentUpdate | None] = asyncio.Queue()

    def put(item: SegmentUpdate | None) -> None:
        with suppress(RuntimeError):  # the server has stopped meanwhile
            loop.call_soon_threadsafe(updates.put_nowait, item)

    def hear(event: Event) -> None:
        if isinstance(event, SegmentUpdate):
            put(event)

    order = Order(name=upload.filename or "recording", sound=upload.file, pipeline=plan_.pipeline.for_recognition())
    job = lab.jobs.submit(OWNER, order, hear=hear, release=upload.file.close)
    job.over.add_done_callback(lambda over: put(None))
    return Waiting(lab.jobs, job, updates)


async def finished(request: Request, waiting: Waiting) -> Recording:
    """The recording, once it is done. Raises SpeechLabError, also where the client has gone."""
    over = asyncio.wrap_future(waiting.job.over)
    gone = asyncio.ensure_future(disconnected(request))
    try:
        either: set[asyncio.Future[Any]] = {over, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return result(waiting.job)
    finally:
        gone.cancel()
        waiting.jobs.remove(waiting.job)


async def disconnected(request: Request) -> None:
    """Return when the client hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def result(job: Job) -> Recording:
    """What came of the job. Raises SpeechLabError."""
    if job.state is State.DONE and job.recording is not None:
        return job.recording
    raise job.error or SpeechLabError("the work was cancelled", hint="send the recording again")


async def streamed(waiting: Waiting, track: str | None) -> AsyncIterator[str]:
    """Server-sent events: a delta for each segment, then the whole text."""
    said: dict[str, str] = {}
    try:
        while True:
            try:
                update = await asyncio.wait_for(waiting.updates.get(), SILENCE)
            except TimeoutError:
                yield ": still at work\n\n"
                continue
            if update is None:
                break
            segment = update.segment
            text = segment.text.strip()
            if not update.final or update.target != track or segment.suspect or not text or segment.id in said:
                continue  # a piece that is tried again tells its segments twice
            delta = f" {text}" if said else text
            said[segment.id] = text
            yield _sent({"type": "transcript.text.delta", "delta": delta})
        try:
            recording = result(waiting.job)
        except SpeechLabError as error:
            status, message, code = errors.told(error)
            yield _sent(errors.body(status, message, code))
            return
        text = shapes.transcript(recording, track).text
        yield _sent({"type": "transcript.text.done", "text": text})
    finally:
        waiting.jobs.remove(waiting.job)


def _sent(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n"


def _documented() -> dict[str, Any]:
    """The form's fields, for /openapi.json."""
    schema = Asked.model_json_schema()
    schema["properties"] = {"file": {"type": "string", "format": "binary"}, **schema["properties"]}
    schema["required"] = ["file"]
    schema["additionalProperties"] = True
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
