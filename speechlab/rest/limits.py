"""A limit to what may be uploaded, kept whether or not the sender says how much is coming."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import refusal


class BodyLimit:
    """Refuses request bodies of more than ``megabytes`` with 413 and a sentence."""

    def __init__(self, app: ASGIApp, megabytes: float) -> None:
        self.app = app
        self.most = round(megabytes * 1_000_000)
        self.sentence = f"the upload is larger than the {megabytes:g} MB that this lab takes"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > self.most:
            if b"expect" not in headers:  # who waits for "100 Continue" has sent nothing yet
                await self._drain(receive)
            await refusal(413, self.sentence, "file_too_large", "file")(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.most:
                raise HTTPException(413, self.sentence)
            return message

        await self.app(scope, counted, send)

    async def _drain(self, receive: Receive) -> None:
        """Throw away what is being sent, within reason: a sender hears no answer before it has finished."""
        seen = 0
        while seen <= self.most:
            message = await receive()
            seen += len(message.get("body", b""))
            if not message.get("more_body", False):
                return
