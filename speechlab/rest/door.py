"""A password for the whole lab: programs send it with each request, people type it once."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import secrets
from importlib.resources import files
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import refusal

COOKIE = "speechlab"
OPEN = frozenset({"/healthz"})
"""What anybody may ask."""
PAUSE = 0.5
"""Seconds before a wrong password is answered."""
LONGEST_FORM = 4096


class Door:
    """Lets in who knows the password: as ``Authorization: Bearer``, as HTTP Basic's, or typed on the page.

    Who typed it carries a cookie until the server stops; the password itself is never sent back or kept.
    """

    def __init__(self, app: ASGIApp, password: str) -> None:
        self.app = app
        self._password = password.encode()
        self._token = secrets.token_urlsafe(32).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN:
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/login":
            await (await self._login(Request(scope, receive)))(scope, receive, send)
        elif await self._known(asked := HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "a password is needed"})
        elif "text/html" in asked.headers.get("accept", ""):
            await RedirectResponse(f"{scope.get('root_path', '')}/login", 303)(scope, receive, send)
        else:
            answer = refusal(401, "this lab asks for a password; send it as the API key", "invalid_api_key")
            answer.headers["www-authenticate"] = "Bearer"
            await answer(scope, receive, send)

    async def _known(self, asked: HTTPConnection) -> bool:
        if hmac.compare_digest(asked.cookies.get(COOKIE, "").encode(), self._token):
            return True
        given = _given(asked.headers.get("authorization", ""))
        return given is not None and await self._right(given)

    async def _right(self, given: bytes) -> bool:
        if hmac.compare_digest(given, self._password):
            return True
        await asyncio.sleep(PAUSE)
        return False

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return _page("")
        sent = b""
        async for part in request.stream():
            sent += part
            if len(sent) > LONGEST_FORM:
                return _page("That is too long for a password.", 413)
        given = parse_qs(sent.decode(errors="replace")).get("password", [""])[0]
        if not await self._right(given.encode()):
            return _page("That is not the password.", 401)
        answer = RedirectResponse(f"{request.scope.get('root_path', '')}/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, self._token.decode(), httponly=True, samesite="lax", secure=secure)
        return answer


def _given(authorization: str) -> bytes | None:
    """The password in an ``Authorization`` header, if there is one that can be read."""
    scheme, _, value = authorization.encode("latin-1").partition(b" ")  # the bytes as they were sent
    if scheme.lower() == b"bearer":
        return value.strip()
    if scheme.lower() == b"basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except binascii.Error:
            return None
    return None


def _page(problem: str, status: int = 200) -> HTMLResponse:
    page = files(__package__).joinpath("login.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("{problem}", problem), status)
