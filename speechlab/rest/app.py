"""One application: the lab's routes first, and the web page on top of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.routing import Match

from ..contributions import loaded
from ..lab import Lab
from . import audio, catalogue, errors, realtime, speech, stream
from .door import Door
from .limits import BodyLimit
from .neighbours import Neighbours

SWEEP = 600.0
"""Seconds between two looks for what may be deleted."""


def create_app(lab: Lab, *, ui: bool = True, max_upload_mb: float = 2048, password: str | None = None) -> FastAPI:
    """The lab as a web application: REST in OpenAI's shapes, and the page at ``/`` unless ``ui`` is False.

    ``password`` closes all of it but ``/healthz``. When the server stops, live sessions are settled and their text is
    saved, every job is cancelled and every upload deleted; the lab itself stays open.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep(lab))
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
            await asyncio.gather(asyncio.to_thread(lab.jobs.close), asyncio.to_thread(lab.live.close))

    app = FastAPI(title="speechlab", lifespan=lifespan, docs_url=None, redoc_url=None)
    errors.install(app)
    app.include_router(catalogue.routes(lab))
    app.include_router(audio.routes(lab))
    app.include_router(speech.routes(lab))
    app.include_router(stream.routes(lab))
    app.include_router(realtime.routes(lab))

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the server is up."""
        return {"status": "ok"}

    @app.api_route("/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def unknown(request: Request, path: str) -> JSONResponse:
        if any(route.matches(request.scope)[0] is Match.PARTIAL for route in app.routes):
            return errors.refusal(405, f"/v1/{path} is not asked by {request.method}", "method_not_allowed")
        return errors.refusal(404, f"there is nothing at /v1/{path}", "not_found")

    if ui:
        loaded("speechlab.ui.app:mount")(app, lab, max_upload_mb)
    app.add_middleware(BodyLimit, megabytes=max_upload_mb)
    app.add_middleware(Neighbours)
    if password:
        app.add_middleware(Door, password=password)
    return app


async def _sweep(lab: Lab) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        await asyncio.to_thread(lab.jobs.sweep)
