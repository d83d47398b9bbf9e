"""Speech taken apart by WORLD into pitch, envelope and breath, and put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyworld

from speechlab import Samples

Numbers = npt.NDArray[np.float64]

RATE = 24_000
FRAME = 5.0
"""Milliseconds."""
LOWEST, HIGHEST = 60.0, 450.0
"""Hz, between which a voice's pitch is looked for."""
FLOOR = 1e-12


@dataclass(frozen=True)
class Sound:
    """Speech at 24 kHz, a row for each 5 ms."""

    pitch: Numbers
    """Hz; 0 where the sound has none."""
    envelope: Numbers
    """Logarithm of the energy at each frequency: (frames, 513)."""
    breath: Numbers
    """The share of it that is noise: (frames, 513)."""
    loudness: float
    """Root mean square of the samples."""

    @property
    def voiced(self) -> npt.NDArray[np.bool_]:
        """Which frames have a pitch."""
        return self.pitch > 0

    def but(self, pitch: Numbers, envelope: Numbers) -> Sound:
        """The same speech with another pitch and other colours."""
        return replace(self, pitch=pitch, envelope=envelope)


def analysed(samples: Samples) -> Sound:
    """Speech taken apart."""
    exact = np.ascontiguousarray(samples, np.float64)
    rough, times = pyworld.dio(exact, RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=FRAME)
    pitch = pyworld.stonemask(exact, rough, times, RATE)
    envelope = pyworld.cheaptrick(exact, pitch, times, RATE)
    breath = pyworld.d4c(exact, pitch, times, RATE)
    return Sound(pitch, np.log(envelope + FLOOR), breath, float(np.sqrt(np.square(exact).mean())))


def synthesized(sound: Sound) -> Samples:
    """Speech put together, as loud as it was."""
    envelope = np.ascontiguousarray(np.exp(sound.envelope))
    made = pyworld.synthesize(np.ascontiguousarray(sound.pitch), envelope, sound.breath, RATE, FRAME)
    level = np.sqrt(np.square(made).mean())
    made *= min(sound.loudness / max(level, FLOOR), 0.99 / max(np.abs(made).max(), FLOOR))
    return made.astype(np.float32)
