"""Up to which frequency there is something to hear, be it as weak as the hiss of an s."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..types import Samples
from .result import Band

FRAME = 0.032
"""Seconds of one spectrum."""
WIDTH = 250.0
"""Hz of one band."""
SWING = 3.0
"""Decibels between the arithmetic and the geometric mean of a band's power, from which on something comes and goes in
it, as speech does; what rounding and codecs leave behind is even."""
DEPTH = 75.0
"""Decibels under the strongest band, down to which that counts."""
NOISE = 55.0
"""Decibels under the strongest band, down to which even noise counts: it hides whether speech is there, too."""
FAINT = 1e-11
"""Power below which a band holds nothing but rounding."""
TELEPHONE = 4250
"""Hz: a telephone ends at 3400 Hz, or at 4000 Hz."""


class Bands:
    """Feed it the chunks of a sound mixed down: it keeps two numbers for each band."""

    def __init__(self, sample_rate: int) -> None:
        self._size = max(16, round(FRAME * sample_rate))
        self._window = np.hanning(self._size).astype(np.float32)
        frequencies = np.fft.rfftfreq(self._size, 1 / sample_rate)
        self._first = np.searchsorted(frequencies, np.arange(0, sample_rate / 2 - WIDTH / 2, WIDTH))
        self._top = sample_rate / 2
        self._mean = np.zeros(len(self._first))
        self._log = np.zeros(len(self._first))
        self._frames = 0
        self._held: Samples = np.zeros(0, np.float32)

    def feed(self, samples: Samples) -> None:
        held = np.concatenate([self._held, samples])
        whole = len(held) // self._size * self._size
        self._held = held[whole:]
        frames = held[:whole].reshape(-1, self._size)
        spectra = np.fft.rfft(frames * self._window, axis=1)
        powers = np.add.reduceat(np.square(np.abs(spectra)), self._first, axis=1) / np.square(self._window).sum()
        powers = powers[powers.sum(axis=1) > FAINT]  # digital silence tells nothing
        self._mean += powers.sum(axis=0)
        self._log += np.log(powers + FAINT).sum(axis=0)
        self._frames += len(powers)

    def band(self) -> Band:
        """Where it ends."""
        if not self._frames:
            return Band(None, False)
        mean: npt.NDArray[np.float64] = self._mean / self._frames + FAINT
        swing = 10 * np.log10(mean) - 10 / np.log(10) * self._log / self._frames
        under = 10 * np.log10(mean[1:].max() / mean)  # the first band may hold a hum or an offset
        heard = (under < NOISE) | ((under < DEPTH) & (swing >= SWING))
        if not heard.any():
            return Band(None, False)
        hertz = min(self._top, (int(np.flatnonzero(heard)[-1]) + 1) * WIDTH)
        return Band(round(hertz), hertz <= TELEPHONE)
