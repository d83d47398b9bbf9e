"""Times as a player shows them, and spans as bars on its timeline."""

from __future__ import annotations

from collections.abc import Iterable

from ..types import Span

FOREVER = 3.6e6
"""Seconds after which time is cut: an end that is still open may be infinite, and a page cannot say that."""

STRIP = 10_000
"""Horizontal units of a strip that shows where somebody speaks."""


def stamp(seconds: float, hours: bool = False) -> str:
    """A time as a player shows it: the second that has begun, and hours only where there are some, or asked for.

    >>> stamp(75.9), stamp(75.9, hours=True), stamp(3600)
    ('1:15', '0:01:15', '1:00:00')
    """
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    if hours or minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    return f"{minutes}:{rest:02}"


def bars(spans: Iterable[Span], whole: Span) -> str:
    """Spans as an SVG path of bars of height 1; even the shortest is seen."""

    def at(seconds: float) -> int:
        return round((min(max(seconds, whole.start), whole.end) - whole.start) / whole.duration * STRIP)

    return "".join(f"M{at(s.start)} 0h{max(1, at(s.end) - at(s.start))}v1H{at(s.start)}z" for s in spans if whole)


def milliseconds(seconds: float) -> int:
    """A time as the script is given it."""
    return round(min(seconds, FOREVER) * 1000)
