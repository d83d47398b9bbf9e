"""What became of each segment in a dub: when it is spoken, how fast, and what did not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

NOTICED = 0.05
"""Seconds: what is shorter is no more told of in words."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One segment, and the speech that stands for it. Times are seconds on the timeline of the original."""

    id: str
    start: float
    """When it is said in the original, and until when."""
    end: float
    text: str
    spoken_start: float
    """When its speech is heard, and until when."""
    spoken_end: float
    tempo: float
    """By how much faster it is heard than it was synthesized."""
    late: float = 0.0
    """Seconds by which it begins after the original, since the speech before it was too long."""
    over: float = 0.0
    """Seconds by which it is too long for its place, at the fastest tempo that is allowed."""
    cut: float = 0.0
    """Seconds of it that lie beyond the end of the track, and are not heard."""
    speaker: str | None = None
    voice: str = ""


@dataclass(frozen=True, slots=True)
class DubReport:
    """What became of all segments, in the order in which they are spoken."""

    segments: tuple[Spoken, ...] = ()
    silent: tuple[str, ...] = ()
    """Ids of segments that have a text, and of which the synthesizer made no sound."""

    @property
    def over(self) -> tuple[Spoken, ...]:
        """Those that are too long for their place."""
        return tuple(one for one in self.segments if one.over > NOTICED)

    @property
    def late(self) -> float:
        """Seconds by which one begins late, at most."""
        return max((one.late for one in self.segments), default=0.0)

    @property
    def cut(self) -> float:
        """Seconds of speech that are not heard, since the track had ended."""
        return sum(one.cut for one in self.segments)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What somebody should know of it, in words."""
        if not self.segments:
            return ("nothing is spoken: there was nothing to say",)
        tempos = sorted(one.tempo for one in self.segments)
        fast = sum(tempo > 1 + NOTICED for tempo in tempos)
        faster = f", {fast} of them faster, by up to {tempos[-1]:.2f} times" if fast else ""
        told = [f"{_counted(self.segments, 'segment')} spoken{faster}"]
        if self.over:
            most = max(one.over for one in self.over)
            late = f"; what follows begins up to {self.late:.1f} s late" if self.late > NOTICED else ""
            told.append(
                f"{_counted(self.over, 'segment')} too long for the original's time, by up to {most:.1f} s{late}"
            )
        if self.cut > NOTICED:
            told.append(f"{self.cut:.1f} s of speech are cut off at the end of the track")
        if self.silent:
            told.append(f"{_counted(self.silent, 'segment')} without any sound")
        return tuple(told)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return asdict(self)


def _counted(things: Sequence[object], what: str) -> str:
    return f"{len(things)} {what}{'s' * (len(things) != 1)}"
