"""Integrated loudness of a stream: pyloudnorm's filters with their state kept, and the gates of BS.1770 at the end."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..types import Samples

Powers = npt.NDArray[np.float64]

STEP = 0.1
"""Seconds from one block to the next."""
STEPS = 4
"""Steps in a block: 0.4 s."""
LOWEST = -70.0
"""LUFS: quieter blocks do not count."""
GATE = 10.0
"""LU under the mean of the rest, below which a block does not count either."""
BEHIND = 1.41
"""What a channel from behind weighs, of five."""


class Loudness:
    """Feed it the chunks of a sound; it keeps one number for each 0.1 s and channel."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate, self._channels = sample_rate, channels
        self._memory = [np.zeros((channels, 2)) for _ in self._filters]
        self._sums: list[Powers] = []
        """Sums of squares, each array shaped (channels, steps)."""
        self._held = np.zeros((channels, 0))
        self._taken = 0
        """Samples that lie in whole steps."""
        self._steps = 0
        self._forgotten = 0
        """Steps of which nothing is kept any more."""

    @cached_property
    def _filters(self) -> list[Any]:
        from pyloudnorm import Meter

        return list(Meter(self._rate)._filters.values())

    def feed(self, samples: Samples) -> None:
        """The next samples, finite, shaped (channels, frames)."""
        from scipy.signal import lfilter

        weighted: Powers = samples.astype(np.float64)
        for number, stage in enumerate(self._filters):
            gained, self._memory[number] = lfilter(stage.b, stage.a, weighted, axis=1, zi=self._memory[number])
            weighted = stage.passband_gain * gained
        held = np.concatenate([self._held, weighted], axis=1)
        edges = self._edges(held.shape[1])
        if len(edges) > 1:
            whole = int(edges[-1])
            self._sums.append(np.add.reduceat(np.square(held[:, :whole]), edges[:-1], axis=1))
            held = held[:, whole:]
            self._taken += whole
            self._steps += len(edges) - 1
        self._held = held

    def _edges(self, frames: int) -> npt.NDArray[np.int64]:
        """Where the steps begin and end that lie in what is held, counted from its first sample."""
        last = int((self._taken + frames) / (STEP * self._rate))
        return (np.arange(self._steps, last + 1) * STEP * self._rate).astype(np.int64) - self._taken

    @property
    def seconds(self) -> float:
        """How much of what was fed lies in whole steps."""
        return self._steps * STEP

    def forget(self, before: float) -> None:
        """Let go of what lies before so many seconds from the beginning."""
        while self._sums and (self._forgotten + self._sums[0].shape[1]) * STEP <= before:
            self._forgotten += self._sums.pop(0).shape[1]

    def integrated(self, first: float = 0.0, last: float | None = None) -> float | None:
        """LUFS so far, or between two times in seconds from the beginning; None where that is shorter than a block, or
        all of it too quiet to count."""
        start, end = (round(at / STEP) - self._forgotten for at in (first, self.seconds if last is None else last))
        sums = np.concatenate(self._sums or [np.zeros((self._channels, 0))], axis=1)[:, max(0, start) : max(0, end)]
        if sums.shape[1] < STEPS:
            return None
        blocks = sum(sums[:, first : sums.shape[1] - STEPS + 1 + first] for first in range(STEPS))
        powers = self._weights @ (blocks / (STEP * STEPS * self._rate))
        heard = powers[_lufs(powers) >= LOWEST]
        if not len(heard):
            return None
        loud = heard[_lufs(heard) > _lufs(heard.mean()) - GATE]
        return float(_lufs(loud.mean()))

    @property
    def _weights(self) -> Powers:
        weights = np.ones(self._channels)
        if self._channels == 5:
            weights[3:] = BEHIND
        return weights


def _lufs(power: Any) -> Any:
    with np.errstate(divide="ignore"):
        return -0.691 + 10 * np.log10(power)
