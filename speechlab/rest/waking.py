"""Wake a task of the event loop from any thread: once, however often it is called before the task looks."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Waking:
    """Made inside the loop; :meth:`ring` may be called from anywhere, and costs next to nothing while nobody looks."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._rung = False

    def ring(self) -> None:
        """There is something to look at."""
        if not self._rung:
            self._rung = True
            with suppress(RuntimeError):  # the server has stopped
                self._loop.call_soon_threadsafe(self._event.set)

    async def rung(self) -> None:
        """Return when it rings, or at once where it rang since the last look."""
        await self._event.wait()
        self._event.clear()
        self._rung = False  # from here on it rings anew, so that nothing that comes while its task looks is missed
