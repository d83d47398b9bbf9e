"""The track: speech laid where the original was, piece by piece, whatever the length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ..closing import closes
from ..types import Audio, Samples

PIECE = 10.0
"""Seconds at most in a piece of speech that goes on after the original has ended."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Speech with its place on the track, in samples."""

    first: int
    samples: Samples
    """One channel, shaped (samples,)."""

    @property
    def last(self) -> int:
        """The first sample after it."""
        return self.first + len(self.samples)


def laid(
    original: Iterable[Audio], speech: Iterable[Placed], background: float | None = None, *, keep_length: bool = True
) -> Iterator[Audio]:
    """The track, in the pieces in which the original comes, and exactly as long; ``speech`` is asked for only as far as
    the pieces reach.

    ``background`` is how many decibels the original is turned down by; None leaves it out. Without ``keep_length``,
    speech that goes on after the original's end goes on.
    """
    gain = 0.0 if background is None else 10 ** (-background / 20)
    with closes(original, speech):
        voices = _Voices(speech)
        position, end, last = 0, 0.0, None
        for last in original:
            sound = last.samples * gain
            voices.add_to(sound, position)
            position, end = position + last.frames, last.end
            yield Audio(np.clip(sound, -1.0, 1.0, out=sound), last.sample_rate, last.start)
        while last is not None and not keep_length and (left := voices.until - position) > 0:
            sound = np.zeros((last.channels, min(left, round(PIECE * last.sample_rate))), np.float32)
            voices.add_to(sound, position)
            yield Audio(sound, last.sample_rate, end)
            position, end = position + sound.shape[1], end + sound.shape[1] / last.sample_rate


class _Voices:
    """Speech that is taken as the track comes to it."""

    def __init__(self, speech: Iterable[Placed]) -> None:
        self._coming = iter(speech)
        self._here: deque[Placed] = deque()
        self._over = False

    def add_to(self, sound: Samples, position: int) -> None:
        """Add the speech that lies in a piece of the track, to all its channels; pieces come in their order."""
        end = position + sound.shape[1]
        while not self._over and (not self._here or self._here[-1].first < end):
            self._take()
        while self._here and self._here[0].last <= position:
            self._here.popleft()
        for one in self._here:
            first, last = max(one.first, position), min(one.last, end)
            if first < last:
                sound[:, first - position : last - position] += one.samples[first - one.first : last - one.first]

    @property
    def until(self) -> int:
        """Where all the speech ends."""
        while not self._over:
            self._take()
        return max((one.last for one in self._here), default=0)

    def _take(self) -> None:
        if (one := next(self._coming, None)) is None:
            self._over = True
        else:
            self._here.append(one)
