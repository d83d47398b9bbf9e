"""How long each stage took, told per run: wall time, real-time factor, events; the clock is injected."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .closing import closes
from .types import Event, SegmentUpdate

Clock = Callable[[], float]


@dataclass(slots=True)
class StageTrace:
    """One stage's share of a run."""

    name: str
    wall: float = 0.0
    """Seconds spent in the stage itself, without those before and after it."""
    load: float = 0.0
    """Seconds spent loading its engine in this run; 0 where it was loaded already."""
    events: int = 0
    """Events that left it."""
    first: float | None = None
    """Seconds from the start of the run to its first segment."""

    def worked(self, seconds: float) -> None:
        """Work that was done for the stage elsewhere took so long."""
        self.wall += seconds


@dataclass(slots=True)
class Trace:
    """What a run cost."""

    clock: Clock = time.perf_counter
    stages: dict[str, StageTrace] = field(default_factory=dict)
    audio_seconds: float = 0.0
    pieces: int = 0
    resumed: int = 0
    """Pieces taken from checkpoints."""
    began: float = 0.0
    ended: float | None = None

    def start(self) -> None:
        """The run begins now."""
        self.began, self.ended = self.clock(), None

    def stop(self) -> None:
        """The run is over now."""
        self.ended = self.clock()

    @property
    def wall(self) -> float:
        """Seconds from the start to the end, or to now."""
        return (self.clock() if self.ended is None else self.ended) - self.began

    @property
    def rtf(self) -> float | None:
        """Real-time factor: seconds of work per second of sound; None where there was no sound."""
        return self.wall / self.audio_seconds if self.audio_seconds else None

    def stage(self, name: str) -> StageTrace:
        """The entry of one stage, made on first use."""
        return self.stages.setdefault(name, StageTrace(name))

    def timed(
        self, name: str, stage: Callable[[Iterable[Event]], Iterator[Event]], events: Iterable[Event]
    ) -> Iterator[Event]:
        """The stage over the events, with its own time measured: the time of those before it is not its own."""
        entry, clock = self.stage(name), self.clock
        since = 0.0

        def upstream() -> Iterator[Event]:
            nonlocal since
            source = iter(events)
            while True:
                entry.wall += clock() - since
                try:
                    event = next(source)
                except StopIteration:
                    return
                finally:
                    since = clock()
                yield event

        output = stage(upstream())
        with closes(output, events):
            while True:
                since = clock()
                try:
                    event = next(output)
                except StopIteration:
                    return
                finally:
                    entry.wall += clock() - since
                entry.events += 1
                if entry.first is None and isinstance(event, SegmentUpdate):
                    entry.first = clock() - self.began
                yield event
