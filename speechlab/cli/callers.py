"""Many people who speak at once: each a real session over a real socket, in real time, and what each was told when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ..live import RATE
from ..live.replay import Told
from ..types.codec import EVENTS, from_json

PATIENCE = 120.0
"""Seconds that a session may take to open, which may mean to load engines, and to settle what was said."""
BUSY = 1013
"""The code by which a lab that is full closes a socket."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who calls."""

    url: str
    """The socket's address."""
    pcm: bytes
    """What each says, over and over: PCM16, 16 kHz."""
    sessions: int
    seconds: float
    """How long all of them speak at once."""
    frame: float
    """Seconds of sound in one message."""
    apart: float
    """Seconds between the beginnings of two."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """What became of one session."""

    began: float | None = None
    """When it began to speak, by the clock of the event loop; None where it was not let."""
    refused: str = ""
    """Why it was not let in."""
    failed: str = ""
    """Why it broke off."""
    told: list[Told] = field(default_factory=list)
    """What it was told of the speech, in seconds since it began."""
    lag: float = 0.0
    """Seconds that the lab was behind at most."""
    late: float = 0.0
    """Seconds that its own sound was late at most: then this machine is too slow to measure with."""
    seconds: float = 0.0
    """Of sound that it sent."""


class Callers:
    """All of them. They begin one after the other, and end together."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ready = 0
        self._all_ready = asyncio.Event()
        self._end = asyncio.Event()

    async def run(self, measure: Callable[[], Awaitable[None]]) -> list[Call]:
        """Let them speak; ``measure`` is awaited when all have begun that may, and when the first ends."""
        calls = [asyncio.create_task(self._call(number)) for number in range(self._plan.sessions)]
        try:
            await self._all_ready.wait()
            await measure()
            await asyncio.sleep(self._plan.seconds)
            await measure()
            self._end.set()
            return list(await asyncio.gather(*calls))
        finally:
            for call in calls:
                call.cancel()

    async def _call(self, number: int) -> Call:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        call, plan = Call(), self._plan
        await asyncio.sleep(number * plan.apart)
        entered = False
        try:
            async with connect(
                plan.url,
                additional_headers=plan.headers,
                compression=None,
                open_timeout=PATIENCE,
                ping_interval=None,
                max_size=None,
            ) as socket:
                first = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
                if first["event"] == "Failed":
                    await socket.wait_closed()
                    call.refused = _sentence(first)
                    if socket.close_code != BUSY:
                        call.failed = call.refused
                    return call
                call.began = asyncio.get_running_loop().time()
                self._enter()
                entered = True
                speaking = asyncio.create_task(self._speak(call, socket, number))
                try:
                    async for message in socket:
                        _hear(call, json.loads(message))
                finally:
                    speaking.cancel()
                if not self._end.is_set():
                    call.failed = call.failed or "the socket was closed before its time"
        except (OSError, TimeoutError, WebSocketException) as error:
            call.failed = call.failed or f"the socket failed: {error or type(error).__name__}"
        finally:
            if not entered:
                self._enter()
        return call

    def _enter(self) -> None:
        self._ready += 1
        if self._ready == self._plan.sessions:
            self._all_ready.set()

    async def _speak(self, call: Call, socket: Any, number: int) -> None:
        """Send the sound as a microphone gives it: each message when all of it has been said."""
        plan, clock = self._plan, asyncio.get_running_loop().time
        assert call.began is not None
        size = 2 * round(plan.frame * RATE)
        at = 2 * (number * (len(plan.pcm) // 2) // plan.sessions)
        twice = plan.pcm + plan.pcm[:size]
        count = 0
        while not self._end.is_set():
            count += 1
            due = call.began + count * plan.frame
            await asyncio.sleep(due - clock())
            call.late = max(call.late, clock() - due)
            await socket.send(twice[at : at + size])
            call.seconds = count * plan.frame
            at = (at + size) % len(plan.pcm)
        await socket.send('{"do":"stop"}')


def _hear(call: Call, message: dict[str, Any]) -> None:
    assert call.began is not None
    match message["event"]:
        case "Status":
            call.lag = max(call.lag, message["lag"])
        case "Failed":
            call.failed = _sentence(message)
        case name if name in EVENTS:
            call.told.append(Told(asyncio.get_running_loop().time() - call.began, from_json(message)))
        case _:
            pass


def _sentence(failed: dict[str, Any]) -> str:
    return f"{failed['error']}; {failed['hint']}" if failed["hint"] else str(failed["error"])
