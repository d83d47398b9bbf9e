"""Wake tasks of the event loop from any thread: once, however often and for however many sessions it is called."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from weakref import WeakKeyDictionary


class Waking:
    """Made inside the loop; :meth:`ring` may be called from anywhere, and costs next to nothing while nobody looks."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._bell = _bells.setdefault(self._loop, _Bell())
        self._event = asyncio.Event()
        self._rung = False

    def ring(self) -> None:
        """There is something to look at."""
        if not self._rung:
            self._rung = True
            self._bell.ring(self._loop, self._event)

    async def rung(self) -> None:
        """Return when it rings, or at once where it rang since the last look."""
        await self._event.wait()
        self._event.clear()
        self._rung = False  # from here on it rings anew, so that nothing that comes while its task looks is missed


class _Bell:
    """A loop is woken by a byte through a socket, which is dear: one wakes all whose events came together."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Event] = deque()
        self._rung = False

    def ring(self, loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
        self._waiting.append(event)
        if not self._rung:
            self._rung = True
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(self._heard)

    def _heard(self) -> None:
        self._rung = False
        while self._waiting:
            self._waiting.popleft().set()


_bells: WeakKeyDictionary[asyncio.AbstractEventLoop, _Bell] = WeakKeyDictionary()
