"""How far a batch is: bars on a terminal, plain lines elsewhere; always on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ..batch import Advanced, Failed, Finished, Item, Report, Skipped, Started
from ..jobs import Pace
from .messages import say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

Clock = Callable[[], float]
EVERY = 10.0
"""Seconds between two plain lines about one recording."""


class Lines(AbstractContextManager["Lines"]):
    """A line for each recording when it is over, and one now and then while it is worked on."""

    def __init__(self, total: int, *, clock: Clock = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._pace = Pace(clock=clock)
        self._next = 0.0
        self._began = 0.0

    def __exit__(self, *_: object) -> None:
        """Nothing is left behind."""

    def hear(self, report: Report) -> None:
        """One report more."""
        match report:
            case Started(item, number, seconds, passes):
                self._pace, self._began = Pace(clock=self._clock), self._clock()
                self._pace.passes = passes
                self.started(item, number, seconds)
            case Advanced(item, progress, resumed):
                if progress.stage == "start":
                    self._pace.start()
                    self._next = self._clock() + EVERY
                self._pace.hear(progress, resumed)
                self.advanced(item, self._pace)
            case Finished(item, recording, written):
                paths = f" → {', '.join(map(str, written))}" if written else ""
                took = self._clock() - self._began
                self.over(
                    f"{item.path.name}: {clock_time(recording.duration)} in {took:.1f} s{_speed(self._pace)}{paths}"
                )
            case Skipped(item, written):
                self.over(f"{item.path.name}: done before ({', '.join(map(str, written))})")
            case Failed(item, error):
                self.over(f"{item.path.name}: failed: {error}" if self._total > 1 else "")

    def started(self, item: Item, number: int, seconds: float | None) -> None:
        """A recording's turn has come."""

    def advanced(self, item: Item, pace: Pace) -> None:
        """A stretch is done."""
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY
            say(f"{item.path.name}: {standing(pace)}")

    def over(self, line: str) -> None:
        """A recording is over."""
        if line:
            say(line)


class Bars(Lines):
    """The same with a moving bar under the lines."""

    def __init__(self, total: int, *, clock: Clock = time.monotonic) -> None:
        super().__init__(total, clock=clock)
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bars: RichProgress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[standing]}", markup=False),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        self._task: TaskID | None = None

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def started(self, item: Item, number: int, seconds: float | None) -> None:
        place = f" ({number}/{self._total})" if self._total > 1 else ""
        self._task = self._bars.add_task(f"{item.path.name}{place}", total=None, standing="loading")
        self._bars.start()

    def advanced(self, item: Item, pace: Pace) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=pace.done, total=pace.total, standing=standing(pace))

    def over(self, line: str) -> None:
        if self._task is not None:
            self._bars.stop()  # what is written next, on standard output too, begins on a line of its own
            self._bars.remove_task(self._task)
            self._task = None
        super().over(line)


def display(total: int) -> Lines:
    """What suits standard error."""
    return Bars(total) if sys.stderr.isatty() else Lines(total)


def standing(pace: Pace) -> str:
    """Media time, speed and time left.

    >>> standing(Pace(clock=float))
    '0:00'
    """
    of = f" of {clock_time(pace.total)}" if pace.total is not None else ""
    left = f", {clock_time(pace.left)} left" if pace.left is not None else ""
    return f"{clock_time(pace.done)}{of}{_speed(pace)}{left}"


def clock_time(seconds: float) -> str:
    """Seconds as a person reads them.

    >>> clock_time(75.2), clock_time(3725)
    ('1:15', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _speed(pace: Pace) -> str:
    return f", {pace.speed:.1f} x real time" if pace.speed is not None else ""
