"""One client of the Realtime protocol: its events in, the lab's answers out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import secrets
from dataclasses import dataclass
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from ...errors import AudioError, Busy, SpeechLabError
from ...lab import Lab
from ...live import MOST_AHEAD, LiveSession, Reader
from ...pipeline import Pipeline
from ...types.codec import line
from ..errors import told
from ..pcm import RATE
from ..waking import Waking
from .items import Chain, Event, Items
from .setup import Setup, Wrong, pipeline, unflat

log = logging.getLogger(__name__)

WRONG, AGAIN, FAULT = 1008, 1013, 1011
BREATH = 0.05
"""Seconds between two looks at whether a session that was sent too much has caught up."""
LOOK = 0.1
"""Seconds between two looks at whether a turn that has ended is complete."""
SURE = 2
"""Such looks in a row that find nothing more to wait for."""
ENDING = 4
"""Sessions of one client that may be settling what was committed; for more, it waits."""


@dataclass(eq=False, slots=True)
class Stretch:
    """A part of the client's sound that one live session hears."""

    session: LiveSession
    items: Items
    reader: Reader
    waking: Waking
    offset: int
    """Samples of the client's sound before it."""
    telling: asyncio.Task[None] | None = None


class Conversation:
    """Everything that a client sends is done in its order; what is recognised is told as it is known."""

    def __init__(self, lab: Lab, socket: WebSocket, model: str) -> None:
        self._lab, self._socket, self._model = lab, socket, model
        self._id = f"sess_{secrets.token_hex(12)}"
        self._first = "realtime=v1" in socket.headers.get("openai-beta", "")
        """Whether the client speaks the protocol's first version."""
        self._setup = Setup()
        self._pcm = self._setup.input.format.pcm
        self._pipeline: Pipeline | None = None
        self._ignored: tuple[str, ...] = ()
        self._chain = Chain()
        self._stretch: Stretch | None = None
        """The one that hears what comes now."""
        self._ending: list[Stretch] = []
        self._samples = 0
        """All that were heard, at the lab's rate."""

    async def run(self) -> None:
        """Return when the client is gone."""
        offered = self._socket.scope.get("subprotocols", [])
        await self._socket.accept("realtime" if "realtime" in offered else None)
        try:
            await self._change(self._setup)
            await self._send(self._shape("created"))
            while (message := await self._socket.receive())["type"] != "websocket.disconnect":
                await self._answer(message)
        except WebSocketDisconnect:
            pass
        except Exception as error:
            await self._give_up(error)
        finally:
            for stretch in (*self._ending, *filter(None, [self._stretch])):
                stretch.session.finish()
                stretch.reader.close()
                if stretch.telling is not None:
                    stretch.telling.cancel()

    # -- hearing ---------------------------------------------------------------------------------------------------

    async def _answer(self, message: Any) -> None:
        """Do what an event asks; what is wrong with it is told, and the client may go on. Raises Busy."""
        event: Any = {}
        try:
            event = _event(message)
            await self._do(event)
        except Busy:
            raise
        except SpeechLabError as error:
            id = event.get("event_id")
            await self._send(_error(error, id if isinstance(id, str) else None))

    async def _do(self, event: Event) -> None:
        match event:
            case {"type": "input_audio_buffer.append", "audio": str(audio)}:
                await self._append(audio)
            case {"type": "input_audio_buffer.append"}:
                raise Wrong("there is no sound in it", "missing_required_parameter", "audio", hint="send it in base64")
            case {"type": "input_audio_buffer.commit"}:
                await self._commit()
            case {"type": "input_audio_buffer.clear"}:
                await self._clear()
            case {"type": "session.update"}:
                await self._change(self._setup.updated(event.get("session")))
                await self._send(self._shape("updated"))
            case {"type": "transcription_session.update"}:
                self._first = True
                await self._change(self._setup.updated(unflat(event.get("session"))))
                await self._send(self._shape("updated"))
            case {"type": kind}:
                raise Wrong(
                    f"events of type {kind!r} are not taken here: this session writes down what is said",
                    "invalid_value",
                    "type",
                    hint="there are session.update and input_audio_buffer.append, .commit and .clear",
                )
            case _:
                raise Wrong("an event has a type", "missing_required_parameter", "type")

    async def _append(self, audio: str) -> None:
        try:
            data = base64.b64decode(audio, validate=True)
        except binascii.Error:
            raise Wrong("the sound is no base64", "invalid_value", "audio") from None
        try:
            samples = self._pcm.feed(data)
        except AudioError as error:
            raise Wrong(str(error), "invalid_value", "audio", hint=error.hint) from None
        stretch = self._stretch or await self._begin()
        stretch.session.feed(samples)
        while stretch.session.ahead > MOST_AHEAD:  # what is not read waits in the client's own memory
            await asyncio.sleep(BREATH)

    async def _commit(self) -> None:
        if self._stretch is None:
            raise Wrong(
                "there is nothing in the buffer to commit",
                "input_audio_buffer_commit_empty",
                hint="append some sound first",
            )
        stretch = self._end()
        for event in stretch.items.end(stretch.session.seconds):
            await self._send(event)
        await self._settling(stretch)

    async def _clear(self) -> None:
        if self._stretch is not None:
            stretch = self._end()
            stretch.items.drop()
            await self._settling(stretch)
        await self._send({"type": "input_audio_buffer.cleared"})

    async def _change(self, setup: Setup) -> None:
        """Hear what follows in another way. Raises SpeechLabError, and then goes on as before."""
        if setup == self._setup and self._pipeline is not None:
            return
        made, ignored = await asyncio.to_thread(pipeline, self._lab, setup, self._model)
        before = self._setup.input
        if (stretch := self._stretch) is not None:
            if (before.turn_detection is None) != (setup.input.turn_detection is None):
                self._end()
                await self._settling(stretch)
            else:
                if before.format != setup.input.format:
                    stretch.session.feed(self._pcm.flush())
                if made != self._pipeline:
                    await asyncio.to_thread(lambda: stretch.session.switch(self._lab.live.checked(made)))
        if before.format != setup.input.format:
            self._pcm = setup.input.format.pcm
        self._setup, self._pipeline, self._ignored = setup, made, ignored

    # -- sessions --------------------------------------------------------------------------------------------------

    async def _begin(self) -> Stretch:
        """A session for the sound that comes now. Raises SpeechLabError."""
        assert self._pipeline is not None
        session: LiveSession = await asyncio.to_thread(self._lab.live.open, self._pipeline)
        waking = Waking()
        detected = self._setup.input.turn_detection is not None
        items = Items(self._chain, self._samples / RATE, detected=detected)
        stretch = Stretch(session, items, session.follow(waking.ring), waking, self._samples)
        stretch.telling = asyncio.create_task(self._tell(stretch))
        self._stretch = stretch
        return stretch

    def _end(self) -> Stretch:
        """The session hears no more; what follows is another's."""
        stretch, self._stretch = self._stretch, None
        assert stretch is not None
        stretch.session.feed(self._pcm.flush())
        self._samples = stretch.offset + stretch.session.received
        stretch.session.finish()
        return stretch

    async def _settling(self, stretch: Stretch) -> None:
        """Let it tell what is still to be told; where many do, wait for the first."""
        self._ending = [one for one in self._ending if one.telling is not None and not one.telling.done()]
        self._ending.append(stretch)
        tasks = [one.telling for one in self._ending if one.telling is not None]
        if len(tasks) > ENDING:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    # -- telling ---------------------------------------------------------------------------------------------------

    async def _tell(self, stretch: Stretch) -> None:
        """Tell what a session knows until it is over."""
        calm = 0
        try:
            while True:
                for message in stretch.reader.take():
                    calm = 0
                    for event in self._events(stretch, message):
                        await self._send(event)
                    if message["event"] == "Ended":
                        return
                for event in stretch.items.settled(quiet=calm >= SURE):
                    await self._send(event)
                if await _within(stretch.waking, LOOK if stretch.items.waiting else None):
                    continue
                calm = calm + 1 if not stretch.session.owing else 0
        except WebSocketDisconnect:
            pass  # the one who reads notices too
        finally:
            stretch.reader.close()
            if self._stretch is stretch:  # it broke off; what follows begins anew
                self._samples = stretch.offset + stretch.session.received
                self._stretch = None

    def _events(self, stretch: Stretch, message: Event) -> list[Event]:
        match message:
            case {"event": "Failed", "error": error, "hint": hint}:
                failure = SpeechLabError(error, hint=hint)
                told_of = _error(failure, None)
                return [*stretch.items.failed(told_of["error"]), told_of]
            case {"event": "Ended"}:
                return list(stretch.items.over())
            case _:
                return list(stretch.items.hear(message))

    async def _send(self, event: Event) -> None:
        if self._first:
            if event["type"] == "conversation.item.done":
                return
            if event["type"] == "conversation.item.added":
                event = {**event, "type": "conversation.item.created"}
        await self._socket.send_text(line({"event_id": f"event_{secrets.token_hex(10)}", **event}))

    def _shape(self, what: str) -> Event:
        if self._first:
            return {
                "type": f"transcription_session.{what}",
                "session": self._setup.flat_shape(self._id, self._ignored),
            }
        return {"type": f"session.{what}", "session": self._setup.shape(self._id, self._ignored)}

    async def _give_up(self, error: Exception) -> None:
        """Tell why there is nothing more to be said, and close the socket."""
        if self._socket.client_state is not WebSocketState.CONNECTED:
            return
        if isinstance(error, SpeechLabError):
            failure, code = error, AGAIN if isinstance(error, Busy) else WRONG
        else:
            log.error("a realtime connection failed", exc_info=error)
            failure, code = SpeechLabError("something unforeseen went wrong", hint="connect again"), FAULT
        await self._send(_error(failure, None))
        await self._socket.close(code)


async def _within(waking: Waking, seconds: float | None) -> bool:
    """Whether it rings in this time."""
    try:
        await asyncio.wait_for(waking.rung(), seconds)
    except TimeoutError:
        return False
    return True


def _event(message: Any) -> Event:
    """The event in a message. Raises Wrong."""
    text = message.get("text")
    try:
        event = json.loads(text) if text is not None else None
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise Wrong("an event is a JSON object in a text message", "invalid_json")
    return event


def _error(error: SpeechLabError, id: str | None) -> Event:
    """An error as the protocol tells it; ``id`` is that of the event that met it."""
    status, message, code = told(error)
    param = None
    if isinstance(error, Wrong):
        code, param = error.code, error.param
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"type": kind, "code": code, "message": message, "param": param, "event_id": id}
    return {"type": "error", "error": body}
