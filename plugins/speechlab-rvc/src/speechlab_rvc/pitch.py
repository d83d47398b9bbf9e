"""How high somebody speaks or sings, a hundred times a second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyworld
from scipy.signal import medfilt
from swift_f0 import FRAME_PERIOD, SwiftF0

from speechlab import Samples

Numbers = npt.NDArray[np.float64]

RATE = 16_000
STEP = 0.01
"""Seconds between two moments."""
LOWEST, HIGHEST = 50.0, 1100.0
"""Hz, between which a pitch is looked for."""
SURE = 0.5
"""From which confidence on the network's pitch is one."""


class Pitch:
    """Finds the pitch of sound at 16 kHz, by one of several methods."""

    def __init__(self) -> None:
        self._swift = SwiftF0(threads=1, spin=False)

    def of(self, samples: Samples, method: str) -> Numbers:
        """Hz at each moment; 0 where there is none."""
        if method == "swift":
            return self._by_network(samples)
        exact = np.ascontiguousarray(samples, np.float64)
        find = pyworld.harvest if method == "harvest" else pyworld.dio
        rough, times = find(exact, RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=1000 * STEP)
        found: Numbers = medfilt(pyworld.stonemask(exact, rough, times, RATE), 3)
        return found[: len(samples) // round(STEP * RATE)]

    def _by_network(self, samples: Samples) -> Numbers:
        """Its moments lie 16 ms apart: between two with a pitch it glides."""
        heard = self._swift.detect(samples, RATE, LOWEST, HIGHEST)
        voiced = heard.confidence >= SURE
        times = np.arange(len(samples) // round(STEP * RATE)) * STEP
        if not voiced.any():
            return np.zeros(len(times))
        nearest = np.minimum(np.rint(times / FRAME_PERIOD).astype(np.int64), len(voiced) - 1)
        octaves = np.interp(times, heard.timestamps[voiced], np.log2(heard.pitch_hz[voiced]))
        return np.where(voiced[nearest], 2.0**octaves, 0.0)


def stepped(hertz: Numbers) -> npt.NDArray[np.int64]:
    """The pitch in the steps that voices have learnt, 1 to 255 along the mel scale; 1 where there is none."""
    low, high = _mel(np.array([LOWEST, HIGHEST]))
    steps = (_mel(hertz) - low) * 254 / (high - low) + 1
    return np.rint(np.clip(steps, 1, 255)).astype(np.int64)


def _mel(hertz: Numbers) -> Numbers:
    return 1127 * np.log1p(hertz / 700)
