"""What pages of other sites may do here: a browser lets any page send to this machine, and says so in a header."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
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
    site = asked.headers.get("sec-fetch-site")
    if asked.scope["type"] == "websocket":
        return site == "cross-site" or (site is None and _elsewhere(asked.headers))
    return site == "cross-site" and asked.scope["method"] not in ("GET", "HEAD", "OPTIONS")


def _elsewhere(headers: Headers) -> bool:
    """Whether a socket is opened by a page that did not come from here: of sockets, Chromium tells the origin alone.

    Programs that are no browser tell none. A proxy that changes the host tells the one that the page knows.
    """
    if (origin := headers.get("origin")) is None:
        return False
    hosts = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")]
    return _name(origin) not in {_name(f"//{host.strip()}") for host in hosts if host}


def _name(address: str) -> str | None:
    """The name of the host in an address; None where it has none, as a page in a sandbox."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
