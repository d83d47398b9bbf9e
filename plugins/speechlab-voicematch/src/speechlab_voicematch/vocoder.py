"""Speech taken apart by WORLD into pitch, envelope and breath, and put together again."""

from __future__ import annotations

from collections.abc import Callable
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
VOICED = 0.5
"""Of the louder half of speech, so much has a pitch; where less is found, as in some recordings, it is looked for with
more care, which takes fifteen times as long."""
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
    pitch, times = _pitch(exact, pyworld.dio)
    envelope = pyworld.cheaptrick(exact, pitch, times, RATE)
    loudness = envelope.sum(1)
    if (pitch[loudness >= np.median(loudness)] > 0).mean() < VOICED:
        pitch, times = _pitch(exact, pyworld.harvest)
        envelope = pyworld.cheaptrick(exact, pitch, times, RATE)
    breath = pyworld.d4c(exact, pitch, times, RATE)
    return Sound(pitch, np.log(envelope + FLOOR), breath, float(np.sqrt(np.square(exact).mean())))


def _pitch(samples: Numbers, track: Callable[..., tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """The pitch of each frame, and its time."""
    rough, times = track(samples, RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=FRAME)
    return pyworld.stonemask(samples, rough, times, RATE), times


def synthesized(sound: Sound) -> Samples:
    """Speech put together, as loud as it was."""
    envelope = np.ascontiguousarray(np.exp(sound.envelope))
    made = pyworld.synthesize(np.ascontiguousarray(sound.pitch), envelope, sound.breath, RATE, FRAME)
    level = np.sqrt(np.square(made).mean())
    made *= min(sound.loudness / max(level, FLOOR), 0.99 / max(np.abs(made).max(), FLOOR))
    return made.astype(np.float32)
