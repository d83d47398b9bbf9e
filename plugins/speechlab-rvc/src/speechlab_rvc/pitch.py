"""How high somebody speaks or sings, from moment to moment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyworld
from scipy.signal import medfilt
from swift_f0 import FRAME_PERIOD, SwiftF0

from speechlab import Samples

Numbers = npt.NDArray[np.float64]

RATE = 16_000
LOWEST, HIGHEST = 50.0, 1100.0
"""Hz, between which a pitch is looked for."""
SURE = 0.5
"""From which confidence on the network's pitch is one."""


class Pitch:
    """Finds the pitch of sound at 16 kHz, by one of several methods."""

    def __init__(self) -> None:
        self._swift = SwiftF0(threads=1, spin=False)

    def of(self, samples: Samples, method: str, step: float, moments: int) -> Numbers:
        """Hz at each of so many moments, ``step`` seconds apart; 0 where there is none."""
        if method == "swift":
            return self._by_network(samples, step * np.arange(moments))
        exact = np.ascontiguousarray(samples, np.float64)
        find = pyworld.harvest if method == "harvest" else pyworld.dio
        rough, times = find(exact, RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=1000 * step)
        found: Numbers = medfilt(pyworld.stonemask(exact, rough, times, RATE), 3)
        return np.pad(found, (0, max(0, moments - len(found))))[:moments]

    def _by_network(self, samples: Samples, times: Numbers) -> Numbers:
        """Its own moments lie 16 ms apart: between two with a pitch it glides."""
        heard = self._swift.detect(samples, RATE, LOWEST, HIGHEST)
        voiced = heard.confidence >= SURE
        if not voiced.any():
            return np.zeros(len(times))
        nearest = np.minimum(np.rint(times / FRAME_PERIOD).astype(np.int64), len(voiced) - 1)
        octaves = np.interp(times, heard.timestamps[voiced], np.log2(heard.pitch_hz[voiced]))
        return np.where(voiced[nearest], 2.0**octaves, 0.0)
