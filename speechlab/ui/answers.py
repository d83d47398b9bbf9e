"""How the page is answered: to the asker alone, line by line where it takes time, and plainly where a thing is gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyio import CancelScope
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ..jobs import Upload
from ..overhearing import overheard
from ..rest.errors import Gone

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
Line = dict[str, Any]


def answer(told: Any) -> JSONResponse:
    """JSON values."""
    return JSONResponse(told, headers=PRIVATE)


def sounding(data: bytes, mime: str) -> Response:
    """Sound that is in memory."""
    return Response(data, media_type=mime, headers=PRIVATE)


def sound_file(path: Path, mime: str = "audio/flac") -> FileResponse:
    """Sound that is in a file; seeking asks for ranges of it."""
    return FileResponse(path, media_type=mime, headers=PRIVATE)


def address(made: Upload) -> JSONResponse:
    """Where a file is that was made to be taken home."""
    return answer({"address": f"lab/files/{made.id}"})


def stream(told: Generator[Line, None, None]) -> StreamingResponse:
    """Lines of JSON, as :func:`lines` tells them. Whoever hangs up stops the work."""
    return StreamingResponse(lines(told), media_type="application/x-ndjson", headers=PRIVATE)


@contextmanager
def there(otherwise: str, *, hint: str = "") -> Iterator[None]:
    """What is looked for here is there; ``otherwise`` is answered where a LookupError says that it is not."""
    try:
        yield
    except LookupError as error:
        raise Gone(otherwise, hint=hint) from error


async def lines(told: Generator[Line, None, None]) -> AsyncIterator[str]:
    """Each line as soon as it is there, and, as a line of its own, each note of what the lab reports meanwhile: what it
    downloads, say. Who stops listening stops the work."""
    heard: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    step: asyncio.Task[Line | None] | None = None

    def hear(note: str) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, note)

    def further() -> Line | None:
        with overheard(hear):
            return next(told, None)

    try:
        while True:
            step = asyncio.ensure_future(run_in_threadpool(further))
            step.add_done_callback(lambda over: heard.put_nowait(None))
            while (note := await heard.get()) is not None:
                yield _written({"note": note})
            if (line := step.result()) is None:
                return
            yield _written(line)
    finally:
        with CancelScope(shield=True):
            if step is not None:
                await asyncio.wait([step])  # a generator is not closed while it works
            await run_in_threadpool(told.close)


def _written(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"
