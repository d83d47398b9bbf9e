"""How many can be heard at once: refuse one more rather than keep all of them waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHARE = 0.75
"""How much of the workers' time may be needed; the rest is for looks at what is being said, and for bad moments."""
MATURE = 10.0
"""Seconds of sound after which it is known what a session needs."""
LATE = 3.0
"""Seconds that work which must be done has waited, from which on nobody more is let in."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one session takes."""

    seconds: float
    """Of sound that it has heard."""
    needed: float
    """Seconds of work for each second of sound that had to be done."""
    lag: float
    """Seconds that its oldest such work has waited."""


def room(sessions: Sequence[Need], workers: int, most: int | None = None) -> bool:
    """Whether one session more can be heard, which will probably need what the others need.

    >>> one = Need(60, 0.4, 0)
    >>> room([one], workers=2), room([one] * 3, workers=2), room([one], workers=2, most=1)
    (True, False, False)
    """
    if most is not None and len(sessions) >= most:
        return False
    known = [session.needed for session in sessions if session.seconds >= MATURE]
    if not known:
        return True
    expected = sum(known) / len(known) * (len(sessions) + 1)
    return expected <= SHARE * workers and max(session.lag for session in sessions) < LATE
