"""How loud something is said, from half second to half second, carried over to another voice."""

from __future__ import annotations

import numpy as np

from speechlab import Samples

STEP = 0.5
"""Seconds between two measures, each of which hears as much on both sides."""
SILENT = 1e-6


def followed(samples: Samples, rate: int, said: Samples, said_rate: int, own: float) -> Samples:
    """Samples as loud as what was said; ``own`` is how far they stay as they were, from 0 to 1."""
    if not len(samples) or not len(said):
        return samples
    times = np.arange(len(samples)) / rate
    theirs, ours = (
        np.maximum(_loudness(sound, hertz, times), SILENT) for sound, hertz in ((said, said_rate), (samples, rate))
    )
    return (samples * (theirs / ours) ** (1 - own)).astype(np.float32)


def _loudness(samples: Samples, rate: int, times: np.ndarray) -> np.ndarray:
    """Root mean square around each of the times."""
    half = max(1, round(STEP * rate))
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    centres = np.arange(0, len(samples) + half, half)
    ends = [np.clip(centres + side, 0, len(samples)) for side in (-half, half)]
    power = (energy[ends[1]] - energy[ends[0]]) / (2 * half)
    return np.interp(times, centres / rate, np.sqrt(np.maximum(power, 0)))
