"""Threads that do the heavy work of all live sessions, each piece when its turn comes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..engines import Session
from ..pool import Loaded
from ..stages import Asked, Slot
from ..stages.scheduling import Cost
from ..types import Audio
from .detection import Detector
from .turns import Turns, Waiting

RECENT = 60.0
"""Seconds over which the need for work is measured."""


class Hands(Protocol):
    """Those who do the work of all sessions, as a session's crew sees them."""

    @property
    def turns(self) -> Turns:
        """The work that waits for them."""

    @property
    def changed(self) -> threading.Condition:
        """Held while turns are taken; told whenever work comes or is done."""

    def clock(self) -> float:
        """The time, in seconds."""

    def wait(self) -> None:
        """Until some work is done or let go of; called with ``changed`` held."""


class Workers:
    """``count`` threads. Engines that compute in C let go of Python's lock, so that as many cores are at work."""

    def __init__(self, count: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.count, self.clock = count, clock
        self.turns = Turns()
        self.changed = threading.Condition()
        """Held while turns are taken; told whenever work comes or is done."""
        self._stopping = False
        self._threads = [threading.Thread(target=self._run, name=f"live worker {n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def close(self, patience: float) -> None:
        """Stop when the work that has begun is done; an engine that goes on for longer is left to itself."""
        with self.changed:
            self._stopping = True
            self.changed.notify_all()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def wait(self) -> None:
        """Until something changes; called with the lock held."""
        self.changed.wait()

    def _run(self) -> None:
        while (taken := self._take()) is not None:
            place, asked = taken
            began = self.clock()
            asked.run()
            asked.cost.seconds = self.clock() - began
            with self.changed:
                self.turns.done(place, asked)
                place.finished(asked)
                self.changed.notify_all()
            place.crew.answered(asked)

    def _take(self) -> tuple[Place, Asked] | None:
        with self.changed:
            while not self._stopping:
                if (taken := self.turns.take()) is not None:
                    place, asked = taken
                    assert isinstance(place, Place)
                    asked.started = True  # seen under the lock: nobody puts more into it
                    return place, asked
                self.changed.wait()
        return None


class Crew:
    """The scheduler of one live session: its places among the workers' work, and its detectors."""

    hurried = True

    def __init__(self, workers: Hands, wake: Callable[[], None], notice: Callable[[str], None]) -> None:
        self.workers = workers
        self.at = 0.0
        """Where the stream has come to, in seconds."""
        self.detectors: list[Detector] = []
        self._wake, self._notice = wake, notice
        self._places: list[Place] = []
        self._recent: deque[tuple[float, Cost]] = deque()
        self.closed = False
        """Whether nobody waits for its work any more; told with the workers' lock held."""

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        place = Place(self, loaded, worked)
        self._places.append(place)
        return place

    def detector(self, loaded: Loaded, options: Any) -> Session[Audio, Any]:
        detector = Detector(loaded, options, self._restarted)
        self.detectors.append(detector)
        return detector

    @property
    def lag(self) -> float:
        """Seconds that the oldest work has waited that must be done; 0 where all is done."""
        oldest = [asked.asked_at for asked in self._oldest()]
        return max(0.0, self.workers.clock() - min(oldest)) if oldest else 0.0

    @property
    def behind(self) -> float:
        """Seconds of the stream between now and where the oldest such work was asked for."""
        oldest = [asked.at for asked in self._oldest()]
        return self.at - min(oldest) if oldest else 0.0

    @property
    def owing(self) -> bool:
        """Whether work that must be done is not done, or what it gave was not picked up yet."""
        with self.workers.changed:
            return any(place.owing for place in self._places)

    @property
    def needed(self) -> float:
        """Seconds of work in the last minute that had to be done."""
        with self.workers.changed:
            self._forget()
            return sum(cost.seconds for _, cost in self._recent if cost.needed)

    def answered(self, asked: Asked) -> None:
        """A piece of work is done."""
        if asked.restarted:
            self._restarted(asked.loaded)
        with self.workers.changed:
            self._recent.append((self.workers.clock(), asked.cost))
            self._forget()
        self._wake()

    def close(self) -> None:
        """Nobody waits for this session's work any more; what is asked for from now on is not done."""
        with self.workers.changed:
            self.closed = True
            for place in self._places:
                place.drop()
            self.workers.changed.notify_all()

    def _oldest(self) -> list[Asked]:
        """Of each stage the first piece of work that must be done."""
        with self.workers.changed:
            return [place.asked[0] for place in self._places if place.asked]

    def _forget(self) -> None:
        """Let go of what was done long ago; called with the workers' lock held."""
        while self._recent and self._recent[0][0] < self.workers.clock() - RECENT:
            self._recent.popleft()

    def _restarted(self, loaded: Loaded) -> None:
        self._notice(f"{loaded.spec.name} failed and was started again; nothing said is lost")


class Place(Waiting):
    """One stage's slot."""

    def __init__(self, crew: Crew, loaded: Loaded, worked: Callable[[float], None]) -> None:
        super().__init__(None if loaded.spec.concurrent else id(loaded.slot))
        self.crew, self._loaded, self._worked = crew, loaded, worked
        self.asked: deque[Asked] = deque()
        """Final work that is not done."""
        self._open: list[Asked] = []
        """Work that is waiting or being done."""
        self._answers: deque[Asked] = deque()

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        workers = self.crew.workers
        asked = Asked(self._loaded, work, final, about, at=self.crew.at, asked_at=workers.clock())
        with workers.changed:
            if self.crew.closed:
                return asked
            replaced = workers.turns.add(self, asked)
            if replaced is not None:
                self._open.remove(replaced)
            self._open.append(asked)
            if final:
                self.asked.append(asked)
            workers.changed.notify()
        return asked

    def finished(self, asked: Asked) -> None:
        """Its work is done; called with the workers' lock held."""
        self._open.remove(asked)
        if self.asked and self.asked[0] is asked:
            self.asked.popleft()
        self._worked(asked.cost.seconds)
        self._answers.append(asked)

    def drop(self) -> None:
        """Let go of what has not begun; called with the workers' lock held."""
        self._open = [asked for asked in self._open if asked.started]
        self.crew.workers.turns.drop(self)
        self.asked.clear()

    @property
    def owing(self) -> bool:
        """Whether something that must be done is not done, or was not picked up; called with the workers' lock held."""
        return any(asked.cost.needed for asked in (*self._open, *self._answers))

    def answers(self) -> Iterator[Asked]:
        while self._answers:
            yield self._answers.popleft()

    def rest(self) -> Iterator[Asked]:
        while True:
            yield from self.answers()
            with self.crew.workers.changed:
                if not self._answers:
                    if not self._open:
                        return
                    self.crew.workers.wait()
