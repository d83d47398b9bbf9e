"""``/v1/realtime``: the transcription part of OpenAI's Realtime protocol, over the lab's live sessions."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from ...lab import Lab
from .conversation import Conversation


def routes(lab: Lab) -> APIRouter:
    """The socket. ``model`` in its address names an engine, as it does in a request; ``intent`` is transcription."""
    router = APIRouter()

    @router.websocket("/v1/realtime")
    async def realtime(socket: WebSocket, model: str = "") -> None:
        await Conversation(lab, socket, model).run()

    return router
