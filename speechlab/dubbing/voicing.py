"""Lines on their way to the track: each trimmed, timed, stretched and levelled, one line ahead of what is laid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise

from ..closing import closes
from ..media import fit
from ..types import Samples, Segment
from .levels import faded, levelled, trimmed
from .lines import Line
from .options import DubOptions
from .report import DubReport, Spoken
from .stretching import stretched
from .timing import Timing
from .track import Placed


@dataclass
class Voicing:
    """Takes lines in the order of time, gives speech with its place on the track, and keeps account of it."""

    options: DubOptions
    sample_rate: int
    """Of the track, in Hz."""
    start: float
    """Where the track begins on the timeline of the original, in seconds."""
    end: float
    """Where it ends."""
    _told: list[Spoken] = field(default_factory=list, init=False)
    _silent: list[str] = field(default_factory=list, init=False)

    @property
    def report(self) -> DubReport:
        """What became of the lines so far."""
        return DubReport(tuple(self._told), tuple(self._silent))

    def placed(self, lines: Iterable[Line]) -> Iterator[Placed]:
        """The lines with their places. Of each, the next must be known: it ends where that begins."""
        timing = Timing(self.options, self.sample_rate, self._frame(self.end))
        with closes(lines):
            for this, following in pairwise(chain(self._audible(lines), [None])):
                assert this is not None  # only the last is
                yield self._place(timing, *this, following[0].segment if following else None)

    def _audible(self, lines: Iterable[Line]) -> Iterator[tuple[Line, Samples]]:
        for line in lines:
            samples = trimmed(fit(line.audio, self.sample_rate).mono, self.sample_rate)
            if len(samples):
                yield line, samples
            else:
                self._silent.append(line.segment.id)

    def _place(self, timing: Timing, line: Line, samples: Samples, following: Segment | None) -> Placed:
        segment, rate = line.segment, self.sample_rate
        found = timing.fit(
            self._frame(segment.start),
            self._frame(segment.end),
            len(samples),
            None if following is None else self._frame(following.start),
        )
        sound = faded(levelled(stretched(samples, rate, found.frames), rate, self.options.loudness), rate)
        beyond = max(0, found.last - self._frame(self.end)) if self.options.keep_length else 0
        self._told.append(
            Spoken(
                id=segment.id,
                start=segment.start,
                end=segment.end,
                text=segment.text,
                spoken_start=self.start + found.first / rate,
                spoken_end=self.start + found.last / rate,
                tempo=found.tempo,
                late=found.late / rate,
                over=found.over / rate,
                cut=min(beyond, found.frames) / rate,
                speaker=segment.speaker,
                voice=line.voice,
            )
        )
        return Placed(found.first, sound)

    def _frame(self, time: float) -> int:
        return round((time - self.start) * self.sample_rate)
