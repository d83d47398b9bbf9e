"""What pages of other sites may do here: a browser lets any page send to this machine, and says so in a header."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import refusal


class Neighbours:
    """Refuses whatever a page of another site sends; it may link to the lab and frame it, and no more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not _foreign(HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(403, "a page of another site may not use this lab", "cross_site")(scope, receive, send)


def _foreign(asked: HTTPConnection) -> bool:
    reads = asked.scope["type"] == "http" and asked.scope["method"] in ("GET", "HEAD", "OPTIONS")
    return not reads and asked.headers.get("sec-fetch-site") == "cross-site"
