"""Peaks held under a ceiling, those between the samples too, by a gain that falls and rises without a click."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float64]
"""Shaped (channels, frames)."""
Gains = npt.NDArray[np.float64]

BLOCK = 0.01
"""Seconds in which the gain goes down to where a peak asks for it."""
RISE_DB = 0.5
"""Most decibels by which it comes back in a block."""
OVER = 4
"""Times the sample rate at which sound is looked at between its samples, as BS.1770 does."""
CONTEXT = 24
"""Samples around a block that its peaks between samples depend on."""


class Limiter:
    """Feed it a stream, flush it at the end: the same comes out however it is cut, some 20 ms later."""

    def __init__(self, sample_rate: int, channels: int, ceiling: float) -> None:
        """``ceiling`` is a part of full scale, 1."""
        self._size, self._ceiling = max(CONTEXT, round(BLOCK * sample_rate)), ceiling
        self._held: Sound = np.zeros((channels, CONTEXT))
        """Sound that is not given yet, after as much context as a block needs."""
        self._gains: Gains = np.ones(1)
        """What each block that was looked at may be turned to, from the one before the first that is held."""

    def feed(self, sound: Sound) -> Sound:
        """The next of the stream; gives what is ready."""
        self._held = np.concatenate([self._held, sound], axis=1)
        self._look((self._held.shape[1] - 2 * CONTEXT) // self._size)
        return self._given(len(self._gains) - 2)

    def flush(self) -> Sound:
        """The stream is over; gives what was held back."""
        left = self._held.shape[1] - CONTEXT
        blocks = -(-left // self._size)
        rest = (blocks + 1) * self._size + CONTEXT - left  # as if silence followed
        self._held = np.concatenate([self._held, np.zeros((len(self._held), rest))], axis=1)
        self._look(blocks + 1)
        return self._given(blocks)[:, :left]

    def _look(self, blocks: int) -> None:
        """Find the gains of the first blocks that are held."""
        known = len(self._gains) - 1
        if blocks <= known:
            return
        gain, rise = float(self._gains[-1]), 10 ** (RISE_DB / 20)
        gains = []
        for allowed in np.minimum(1.0, self._ceiling / np.maximum(self._peaks(known, blocks), 1e-9)).tolist():
            gain = min(allowed, gain * rise)
            gains.append(gain)
        self._gains = np.concatenate([self._gains, gains])

    def _peaks(self, first: int, last: int) -> Gains:
        """The highest level in each of some blocks, between their samples too."""
        sound = self._held[:, first * self._size : last * self._size + 2 * CONTEXT]
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._size + 2 * CONTEXT, axis=1)[:, :: self._size]
        peaks: Gains = np.abs(windows).max(axis=(0, 2))
        close = peaks > self._ceiling / 2  # what lies between samples is no more than twice as loud, but for oddities
        if close.any():
            peaks[close] = np.maximum(peaks[close], self._between(windows[:, close]))
        return peaks

    def _between(self, windows: Any) -> Gains:
        from scipy.signal import firwin, resample_poly

        inside = slice(OVER * CONTEXT, -OVER * CONTEXT)
        steep = firwin(2 * CONTEXT * OVER + 1, 1 / OVER, window=("kaiser", 6.0))
        peaks: Gains = np.abs(resample_poly(windows, OVER, 1, axis=2, window=steep)[:, :, inside]).max(axis=(0, 2))
        return peaks

    def _given(self, blocks: int) -> Sound:
        """The first blocks, limited; they are then let go of."""
        if blocks <= 0:
            return self._held[:, :0]
        frames = blocks * self._size
        given = self._held[:, CONTEXT : CONTEXT + frames]
        edges = np.minimum(self._gains[:-1], self._gains[1:])[: blocks + 1]  # where two blocks meet, both hold
        if edges.min() < 1:
            ramp = np.arange(self._size) / self._size
            given = given * (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * ramp).reshape(-1)
        self._held, self._gains = self._held[:, frames:].copy(), self._gains[blocks:]
        return given
