"""Peak, power, offset and flat tops of a stream, channel by channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..types import Samples
from .result import Clipping

EQUAL = 1.5 / 32768
"""Two samples no further apart than this are the same level: a step of 16 bits and its rounding."""
RUN = 3
"""So many samples of one level make a flat top."""
QUIETEST = 0.05
"""Lower plateaus are quantisation, not clipping."""
FINE = 0.01
"""Flat tops of clipping all lie at one height, give or take so much of it."""


class Levels:
    """Feed it the chunks of a sound, finite samples shaped (channels, frames)."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate = sample_rate
        self.frames = 0
        self._sum = np.zeros(channels)
        self._squares = np.zeros(channels)
        self.peak = 0.0
        self._tops = [(_Tops(), _Tops()) for _ in range(channels)]
        self._over, self._first_over = 0, float("inf")
        self._last = np.zeros((channels, 0), np.float32)

    def feed(self, samples: Samples) -> None:
        exact = samples.astype(np.float64)
        self._sum += exact.sum(axis=1)
        self._squares += np.einsum("ij,ij->i", exact, exact)
        self._hear_beyond(samples)
        held = np.concatenate([self._last, samples], axis=1)
        before = self.frames - self._last.shape[1]
        for channel, (above, below) in zip(held, self._tops, strict=True):
            above.feed(channel, before)
            below.feed(-channel, before)
        self.frames += samples.shape[1]
        self._last = held[:, -(RUN - 1) :]

    def _hear_beyond(self, samples: Samples) -> None:
        size = np.abs(samples)
        loudest = float(size.max(initial=0.0))
        self.peak = max(self.peak, loudest)
        if loudest > 1.0:
            beyond = size > 1.0
            self._over += int(np.count_nonzero(beyond))
            self._first_over = min(self._first_over, self.frames + int(beyond.any(axis=0).argmax()))

    @property
    def powers(self) -> npt.NDArray[np.float64]:
        """The mean square of each channel, without its offset."""
        frames = max(1, self.frames)
        return np.maximum(self._squares / frames - (self._sum / frames) ** 2, 0.0)

    @property
    def power(self) -> float:
        """The mean square of all channels."""
        return float(self._squares.mean() / max(1, self.frames))

    @property
    def offset(self) -> float:
        """The mean of the worst channel."""
        means = self._sum / max(1, self.frames)
        return float(means[np.abs(means).argmax()])

    def clipping(self) -> Clipping:
        """How much of it is cut off, and where that begins."""
        found = [tops.found() for pair in self._tops for tops in pair]
        count = sum(samples for samples, _ in found) + self._over
        first = min([self._first_over, *(at for _, at in found)])
        whole = self.frames * len(self._tops)
        return Clipping(count / whole if whole else 0.0, first / self._rate if count else None)


class _Tops:
    """Flat tops on one side of one channel, by their height: which of them are clipping shows at the end, when it is
    known how high the sound goes."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._by_height: dict[int, tuple[int, int]] = {}
        """How many samples lie in flat tops of a height, and where the first of them is."""

    def feed(self, samples: Samples, at: int) -> None:
        """The next samples, and the two before them, of which the first is sample ``at`` of the stream."""
        peak = float(samples.max(initial=0.0))
        self._peak = max(self._peak, peak)
        if peak < QUIETEST:
            return
        same = np.abs(np.diff(samples)) <= EQUAL
        flat = np.flatnonzero(same[:-1] & same[1:] & (samples[:-2] >= QUIETEST))
        if not len(flat):
            return
        heights = np.rint(np.log(samples[flat]) / FINE).astype(int)
        for height in np.unique(heights).tolist():
            runs = flat[heights == height]
            begun = 1 + int(np.count_nonzero(np.diff(runs) > 1))
            count, first = self._by_height.get(height, (0, at + int(runs[0])))
            self._by_height[height] = count + len(runs) + begun * (RUN - 1), first

    def found(self) -> tuple[int, float]:
        """Samples in flat tops at the height of the peak, and the first of them."""
        if not self._by_height:
            return 0, float("inf")
        top = int(np.rint(np.log(self._peak) / FINE))
        tops = [self._by_height[height] for height in (top - 1, top) if height in self._by_height]
        return sum(count for count, _ in tops), min((first for _, first in tops), default=float("inf"))
