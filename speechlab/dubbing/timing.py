"""Where each stretch of speech goes, and how fast it is spoken: counted in samples, so that nothing can overlap."""

from __future__ import annotations

from dataclasses import dataclass

from .options import DubOptions


@dataclass(frozen=True, slots=True)
class Fit:
    """The place of one stretch of speech on the track, in samples."""

    first: int
    frames: int
    """How long it is once it is stretched."""
    tempo: float
    """By how much faster it is spoken than it was: above 1, it was shortened."""
    late: int = 0
    """By how much it begins after what it stands for, since the speech before it was too long."""
    over: int = 0
    """By how much it reaches into the time of what follows, or beyond the end of the track."""

    @property
    def last(self) -> int:
        """The first sample after it."""
        return self.first + self.frames


class Timing:
    """Places stretches of speech one after the other, in the order of time.

    Each begins where what it stands for begins. It is spoken at its own tempo if it then ends there too, or in the
    pause that follows, as far as that may be borrowed. Else it is sped up as far as that goes; then it takes the rest
    of the pause; and what is still too long makes the next begin later, which catches up as soon as it can.
    """

    def __init__(self, options: DubOptions, sample_rate: int, end: int) -> None:
        """``end`` is the length of the track."""
        self._options, self._end = options, end
        self._gap, self._borrow = round(options.gap * sample_rate), round(options.borrow * sample_rate)
        self._free = 0
        """Where the next may begin at the earliest."""

    def fit(self, start: int, end: int, frames: int, following: int | None) -> Fit:
        """The place of speech of so many ``frames`` for what lies between ``start`` and ``end``; ``following`` is where
        that begins of which there is speech next."""
        first = max(start, self._free, 0)
        limit = self._end if following is None else following - self._gap
        room = min(max(end, first) + self._borrow, limit) - first
        length = self._stretched(frames, own=min(end, limit) - first, room=room)
        self._free = first + length + self._gap
        return Fit(
            first=first,
            frames=length,
            tempo=frames / length if length else 1.0,
            late=first - max(start, 0),
            over=min(length, max(0, first + length - limit)),
        )

    def _stretched(self, frames: int, own: int, room: int) -> int:
        """How long speech becomes: it has its ``own`` time, and ``room`` with what it may borrow."""
        if frames > room:
            return max(room, -int(-frames // self._options.fastest))
        if frames < own and frames >= own * self._options.slowest:
            return own
        return frames
