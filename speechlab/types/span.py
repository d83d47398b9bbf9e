"""Intervals of time, in seconds on the timeline of the recording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval [start, end) in seconds: pyannote.core's Segment, under a name whisper has not taken.

    >>> Span(0, 2) & Span(1, 3)
    Span(start=1, end=2)
    >>> Span(0, 2) | Span(1, 3)
    Span(start=0, end=3)
    >>> bool(Span(0, 1) & Span(1, 2))
    False
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.end >= self.start:  # so written, it refuses NaN too
            raise ValueError(f"a span cannot end ({self.end}) before it starts ({self.start})")

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The time half-way."""
        return (self.start + self.end) / 2

    def __bool__(self) -> bool:
        return bool(self.end > self.start)  # engines that compute with numpy give its numbers

    def __and__(self, other: Span) -> Span:
        """What both share; empty where they do not meet."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))

    def __or__(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def overlap(self, other: Span) -> float:
        """Seconds that both share."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


def union(spans: Iterable[Span], gap: float = 0.0) -> list[Span]:
    """The same time, told by ordered spans that lie more than ``gap`` seconds apart; empty ones vanish.

    >>> union([Span(2, 3), Span(0, 1), Span(1, 1.5)])
    [Span(start=0, end=1.5), Span(start=2, end=3)]
    """
    merged: list[Span] = []
    for span in sorted(Span(s.start, s.end) for s in spans):
        if not span:
            continue
        if merged and span.start - merged[-1].end <= gap:
            merged[-1] = merged[-1] | span
        else:
            merged.append(span)
    return merged
