"""``/v1/stream``: sound in as binary PCM, events out as JSON, over a WebSocket that may break and be taken up again."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, Response
from starlette.websockets import WebSocketState

from ..errors import (
    AudioError,
    Busy,
    ConfigError,
    EngineNotFound,
    EngineUnavailable,
    PolicyDenied,
    SpeechLabError,
)
from ..lab import Lab
from ..live import MOST_AHEAD, LiveSession, Reader
from ..types.codec import line
from .asked_live import asked, read
from .errors import refusal
from .pcm import RATE, Pcm
from .waking import Waking

log = logging.getLogger(__name__)

OWN = ("session", "sample_rate", "keep_sound", "vad")
"""Keys of the query that are not parameters of the pipeline."""
LARGEST = 1 << 20
"""Bytes that one frame may hold."""
BREATH = 0.05
"""Seconds between two looks at whether a session that was sent too much has caught up."""
CLIENTS = (ConfigError, AudioError, EngineNotFound, EngineUnavailable, PolicyDenied)
"""Errors that the same request meets again."""
WRONG, AGAIN, FAULT, TAKEN = 1008, 1013, 1011, 4001
"""Why a socket is closed: its client is wrong, should try again, met a fault of the lab, or has come by another."""
PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


def routes(lab: Lab) -> APIRouter:
    """The socket, and what a session has given so far."""
    router = APIRouter(tags=["stream"])
    here: dict[str, Speaking] = {}

    @router.websocket("/v1/stream")
    async def told_first(socket: WebSocket) -> None:
        await serve(lab, here, socket, None)

    @router.websocket("/v1/stream/{pipeline:path}")
    async def named(socket: WebSocket, pipeline: str) -> None:
        await serve(lab, here, socket, pipeline)

    @router.get("/v1/stream/sessions/{id}/recording")
    async def recording(id: str, request: Request, format: str = "json") -> Response:
        """What a session has heard so far, in any format of the lab; the format's options may be asked for too."""
        if (session := _session(lab, id)) is None:
            return refusal(404, "there is no such session any more", "not_found")
        options = {name: value for name, value in request.query_params.items() if name != "format"}
        kind = lab.plugins.format(format)
        body = await asyncio.to_thread(lambda: lab.render(session.recording(), format, **options))
        name = f'attachment; filename="recording.{kind.suffix}"'
        return Response(body, media_type=kind.mime, headers={**PRIVATE, "content-disposition": name})

    @router.get("/v1/stream/sessions/{id}/sound")
    async def sound(id: str) -> Response:
        """All that a session heard, as a wav, once it is over."""
        if (session := _session(lab, id)) is None:
            return refusal(404, "there is no such session any more", "not_found")
        if not session.over.done():
            return refusal(409, "the session is not over yet; its sound can be taken once it is", "not_over")
        if session.sound is None:
            return refusal(404, "the sound was not kept; a session keeps it where keep_sound is asked for", "not_kept")
        return FileResponse(session.sound, media_type="audio/wav", filename="recording.wav", headers=PRIVATE)

    return router


async def serve(lab: Lab, here: dict[str, Speaking], socket: WebSocket, named: str | None) -> None:
    """Let the client of this socket speak, until it stops or is gone; ``here`` is who speaks in which session."""
    await socket.accept()
    with suppress(WebSocketDisconnect):
        try:
            pcm, session = await _opened(lab, socket, named)
            await Speaking(lab, here, socket, session, pcm).run()
        except WebSocketDisconnect:
            raise
        except Exception as error:
            await _refuse(socket, error)


async def _refuse(socket: WebSocket, error: Exception) -> None:
    """Tell what is wrong, and close the socket."""
    told = foreseen(error)
    await socket.send_text(line({"event": "Failed", "error": str(told), "hint": told.hint}))
    await socket.close(code(told))


def foreseen(error: Exception) -> SpeechLabError:
    """The error for a client; what nobody foresaw is logged, for whoever runs the lab."""
    if isinstance(error, SpeechLabError):
        return error
    log.error("a live connection failed", exc_info=error)
    return SpeechLabError("something unforeseen went wrong", hint="connect again; the lab's log has the details")


def code(error: SpeechLabError) -> int:
    """The code by which a socket is closed because of this error."""
    return AGAIN if isinstance(error, Busy) else WRONG if isinstance(error, CLIENTS) else FAULT


async def _opened(lab: Lab, socket: WebSocket, named: str | None) -> tuple[Pcm, LiveSession]:
    """How the sound comes, and the session that it is for: a new one, or that which the client comes back to.

    Raises SpeechLabError.
    """
    own, values = read(socket.query_params.multi_items(), OWN)
    pcm = Pcm(sample_rate=_whole("sample_rate", own.get("sample_rate", str(RATE))))
    if id := own.get("session"):
        if (session := _session(lab, id)) is None:
            raise ConfigError("there is no such session any more", hint="begin a new one, without ?session=")
        return pcm, session
    wanted: object = named
    keep = _switch("keep_sound", own.get("keep_sound", "false"))
    if not named:
        first = _object(await _text(socket))
        if strange := first.keys() - {"pipeline", "keep_sound"}:
            raise ConfigError(f"the first message has no key {min(strange)!r}", hint='it has "pipeline", "keep_sound"')
        wanted, keep = first.get("pipeline"), keep or first.get("keep_sound") is True
    return pcm, await asyncio.to_thread(
        lambda: lab.live.open(asked(lab, wanted, values, own.get("vad")), keep_sound=keep)
    )


class Speaking:
    """One connection to one session: sound goes in as it comes, and what is known goes out as fast as it is read."""

    def __init__(self, lab: Lab, here: dict[str, Speaking], socket: WebSocket, session: LiveSession, pcm: Pcm) -> None:
        self._lab, self._here, self._socket = lab, here, socket
        self._session, self._pcm = session, pcm
        self._deaf = False
        """Whether what still comes is not for the session any more."""
        self._taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when another connection has taken up the session."""
        self._changing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Return when the client is gone, was wrong, or knows all of a session that is over."""
        if (before := self._here.get(self._session.id)) is not None:
            before.leave()
        self._here[self._session.id] = self
        waking = Waking()
        reader = self._session.follow(waking.ring)
        hearing, telling = asyncio.create_task(self._hear()), asyncio.create_task(self._tell(reader, waking))
        try:
            await asyncio.wait((hearing, telling, self._taken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = [task for task in (hearing, telling, self._changing) if task is not None]
            for task in tasks:
                task.cancel()
            reader.close()
            self._end_of_sound()
            if self._here.get(self._session.id) is self:
                del self._here[self._session.id]
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        await self._goodbye([end for end in ends if isinstance(end, Exception)])

    def leave(self) -> None:
        """Another connection takes up the session: what was sent by this one is heard to its end, and no more."""
        self._end_of_sound()
        if not self._taken.done():
            self._taken.set_result(None)

    # -- hearing ---------------------------------------------------------------------------------------------------

    async def _hear(self) -> None:
        """Hear the client until it is gone. Raises AudioError or ConfigError for what it should not have sent."""
        while (message := await self._socket.receive())["type"] != "websocket.disconnect":
            if (data := message.get("bytes")) is None:
                await self._do(_object(message["text"]))
                continue
            if len(data) > LARGEST:
                raise AudioError(
                    f"a frame of {len(data)} bytes is more than is taken at once",
                    hint=f"send at most {LARGEST} bytes a frame; a fifth of a second is best",
                )
            samples = self._pcm.feed(data)
            if self._deaf:
                continue
            self._session.feed(samples)
            while self._session.hurried and self._session.ahead > MOST_AHEAD:  # what is not read waits with the client
                await asyncio.sleep(BREATH)

    async def _do(self, said: dict[str, Any]) -> None:
        match said:
            case {"do": "stop"}:
                self._stop()
            case {"do": "stay"}:
                self._session.stay()
            case {"do": "switch", "pipeline": wanted}:
                if self._changing is not None:
                    await self._changing  # one after the other; until then the client waits
                self._changing = asyncio.create_task(self._switch(wanted))
            case _:
                raise ConfigError(
                    f"the message {line(said)[:100]} says nothing to do",
                    hint='there are {"do": "stop"}, {"do": "stay"} and {"do": "switch", "pipeline": ...}',
                )

    async def _switch(self, wanted: object) -> None:
        """Let what follows go through another pipeline; while that is being loaded, the one before goes on hearing."""
        try:
            await asyncio.to_thread(lambda: self._session.switch(self._lab.live.checked(asked(self._lab, wanted, {}))))
        except SpeechLabError as error:
            told = f"{error}; {error.hint}" if error.hint else str(error)
            await self._socket.send_text(line({"event": "Notice", "text": told}))

    def _stop(self) -> None:
        self._end_of_sound()
        self._session.finish()

    def _end_of_sound(self) -> None:
        if not self._deaf:
            self._deaf = True
            self._session.feed(self._pcm.flush())

    # -- telling ---------------------------------------------------------------------------------------------------

    async def _tell(self, reader: Reader, waking: Waking) -> None:
        """Tell what is known until the session is over. Nothing is put in line for a client that reads slowly: when it
        has read, it is told the newest."""
        while True:
            for message in reader.take():
                over = message["event"] == "Ended"
                if over:  # whoever reads that may ask for the sound at once
                    await asyncio.to_thread(self._session.over.exception)
                await self._socket.send_text(line(message))
                if over:
                    return
            await waking.rung()

    async def _goodbye(self, failures: list[Exception]) -> None:
        """Close the socket, if it still is one. Raises the failure, if there is one to tell."""
        gone = self._socket.client_state is not WebSocketState.CONNECTED
        if gone or any(isinstance(failure, WebSocketDisconnect) for failure in failures):
            return
        if self._taken.done():
            await self._socket.close(TAKEN, "the session was taken up by another connection")
        elif failures:
            raise failures[0]
        else:
            await self._socket.close()


def _session(lab: Lab, id: str) -> LiveSession | None:
    try:
        found: LiveSession = lab.live.get(id)
    except LookupError:
        return None
    return found


async def _text(socket: WebSocket) -> str:
    """The first message. Raises ConfigError where it is none that can be read, WebSocketDisconnect where none comes."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"], message.get("reason"))
    if (text := message.get("text")) is None:
        raise ConfigError(
            "sound came before it was said what for", hint='send {"pipeline": ...} first, or name it in the address'
        )
    return str(text)


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text) if len(text) <= LARGEST else None
    except ValueError:
        data = None
    if isinstance(data, dict):
        return data
    raise ConfigError("a text message is a JSON object", hint='such as {"do": "stop"}; sound goes in binary messages')


def _whole(name: str, given: str) -> int:
    if given.isdecimal():
        return int(given)
    raise ConfigError(f"{name} is a whole number, not {given!r}", hint=f"write {name}={RATE}")


def _switch(name: str, given: str) -> bool:
    if given.lower() in ("true", "1", "false", "0"):
        return given.lower() in ("true", "1")
    raise ConfigError(f"{name} is true or false, not {given!r}", hint=f"write {name}=true")
