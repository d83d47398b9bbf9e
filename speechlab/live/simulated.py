"""Workers on a clock of their own: an hour of live speech in minutes, and the same in every test."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable

from ..stages import Asked
from .turns import Turns
from .workers import Place

Cost = Callable[[Callable[[], None]], float]
"""Does a piece of work, and tells how many seconds it takes on the simulated clock."""


def measured(work: Callable[[], None]) -> float:
    """Work takes the processor time that it needs here, as with one thread for each worker.

    The whole process is looked at, since engines compute in threads of their own: nothing else may be at work in it.
    """
    before = time.process_time()
    work()
    return time.process_time() - before


def none(work: Callable[[], None]) -> float:
    """Work takes no time, so that only waiting for sound is left, and every run is the same."""
    work()
    return 0.0


class SimulatedWorkers:
    """``count`` workers. Work begins as soon as one of them is free, is really done then, and is over after its cost.

    Nothing happens but in :meth:`advance` and :meth:`wait`, in the thread of the caller.
    """

    def __init__(self, count: int, cost: Cost = none) -> None:
        self.turns = Turns()
        self.changed = threading.Condition()
        self._count, self._cost = count, cost
        self._now = 0.0
        self._number = 0
        self._busy: list[tuple[float, int, Place, Asked]] = []
        """The work that has begun, the first to be over at the front."""

    def clock(self) -> float:
        """The simulated time, in seconds."""
        return self._now

    def due(self) -> float | None:
        """When the next piece of work is over; None where there is none."""
        self._begin()
        return self._busy[0][0] if self._busy else None

    def advance(self, to: float) -> None:
        """Let time go by, with all that is over by then."""
        while (due := self.due()) is not None and due <= to:
            self._over()
        self._now = max(self._now, to)

    def wait(self) -> None:
        """Let time go by until some work is over. Raises RuntimeError where nothing could ever be."""
        if self.due() is None:
            raise RuntimeError("work is waited for that nobody will do")
        self._over()

    def _begin(self) -> None:
        while len(self._busy) < self._count and (taken := self.turns.take()) is not None:
            place, asked = taken
            assert isinstance(place, Place)
            asked.cost.seconds = self._cost(asked.run)
            self._number += 1
            heapq.heappush(self._busy, (self._now + asked.cost.seconds, self._number, place, asked))

    def _over(self) -> None:
        self._now, _, place, asked = heapq.heappop(self._busy)
        self.turns.done(place, asked)
        place.finished(asked)
        place.crew.answered(asked)
