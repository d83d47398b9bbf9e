"""Put the page onto the application; the one place that knows how Gradio is mounted."""

from __future__ import annotations

import asyncio

import gradio as gr
from fastapi import FastAPI

from ..lab import Lab
from .assets import asset
from .conversion_routes import conversion_routes
from .page import page
from .routes import routes
from .sheet_routes import sheet_routes
from .sound_routes import sound_routes
from .take_routes import take_routes
from .theme import theme
from .voice_routes import voice_routes

STYLES = ("style.css", "live.css", "speech.css", "translate.css", "takes.css", "people.css")


def mount(app: FastAPI, lab: Lab, max_upload_mb: float) -> None:
    """Add the page's routes, then the page itself at ``/``, below every route that is there already."""
    app.include_router(routes(lab))
    app.include_router(sound_routes(lab))
    app.include_router(sheet_routes(lab))
    app.include_router(take_routes(lab))
    app.include_router(voice_routes(lab))
    app.include_router(conversion_routes(lab))
    if _loop_runs():
        _mount(app, lab, max_upload_mb)
    else:
        asyncio.run(_in_a_loop(app, lab, max_upload_mb))


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _in_a_loop(app: FastAPI, lab: Lab, max_upload_mb: float) -> None:
    """Where no event loop runs, Gradio makes one for each of its locks and leaves it open."""
    _mount(app, lab, max_upload_mb)


def _mount(app: FastAPI, lab: Lab, max_upload_mb: float) -> None:
    gr.mount_gradio_app(
        app,
        page(lab),
        path="/",
        theme=theme(),
        css="".join(map(asset, STYLES)),
        head=f'<meta name="speechlab-max-upload-mb" content="{max_upload_mb:g}">',
        footer_links=[],
        max_file_size=round(max_upload_mb * 1_000_000),
        ssr_mode=False,
    )
