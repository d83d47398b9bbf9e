"""How far a job is on the recording's timeline, how fast it goes, and how long it will still take."""

from __future__ import annotations

from collections.abc import Callable

from ..types import Progress


class Pace:
    """Fed with each :class:`Progress` of a run.

    Speed counts from where the work of this run began, so pieces taken from checkpoints do not make it look faster
    than it is.

    >>> now = iter([0.0, 2.0])
    >>> pace = Pace(clock=lambda: next(now))
    >>> pace.start()
    >>> pace.hear(Progress("piece", 30.0, 90.0))
    >>> pace.speed, pace.left
    (15.0, 4.0)
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self.passes = 1
        """How many times the recording is heard from start to end: once for each channel that is heard alone."""
        self._clock = clock
        self._earlier = 0.0  # seconds of sound heard in the passes before this one
        self._this_pass = 0.0
        self._last_piece = 0.0
        self._duration: float | None = None
        self._resumed = 0
        self._since = (0.0, 0.0)
        self._now = 0.0

    def start(self) -> None:
        """The engines are loaded; the work begins now."""
        self._since = (self._clock(), self.done)
        self._now = self._since[0]

    def hear(self, progress: Progress, resumed: int = 0) -> None:
        """One report more; ``resumed`` counts the pieces that were taken from checkpoints so far."""
        self._duration = progress.total if progress.total is not None else self._duration
        if progress.done < self._last_piece or (progress.stage == "piece" and progress.done == self._last_piece):
            self._earlier += self._this_pass  # time runs backwards: the next pass has begun
            self._this_pass = self._last_piece = 0.0
        self._this_pass = max(self._this_pass, progress.done)
        if progress.stage == "piece":
            self._last_piece = progress.done
        self._now = self._clock()
        if resumed != self._resumed:
            self._resumed = resumed
            self._since = (self._now, self.done)

    @property
    def done(self) -> float:
        """Seconds of sound that are done, all passes counted."""
        return self._earlier + self._this_pass

    @property
    def total(self) -> float | None:
        """Seconds of sound there are to do; None while unknown."""
        return None if self._duration is None else max(self.done, self._duration * self.passes)

    @property
    def speed(self) -> float | None:
        """Seconds of sound done per second of work: 20 is twenty times as fast as it was spoken."""
        began, done_then = self._since
        took = self._now - began
        return (self.done - done_then) / took if took > 0 and self.done > done_then else None

    @property
    def left(self) -> float | None:
        """Seconds of work that are left, as far as the speed so far tells."""
        total, speed = self.total, self.speed
        return None if total is None or speed is None else (total - self.done) / speed
