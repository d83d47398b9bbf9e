"""Speech that can stand beside other speech: no silence around it, as loud as the rest, no click where it is cut."""

from __future__ import annotations

import numpy as np

from ..soundcheck.loudness import STEP, STEPS, Loudness
from ..types import Samples

FRAME = 0.01
"""Seconds over which loudness is looked at when silence is taken away."""
QUIET, SILENT = -45.0, -65.0
"""Decibels under the loudest moment, and under full scale, below which there is no speech."""
MARGIN = 0.03
"""Seconds kept before the first and after the last moment of speech: soft consonants lie there."""
CEILING = 10 ** (-1 / 20)
"""The highest peak, of full scale 1."""
MOST_GAIN = 30.0
"""Decibels by which speech is made louder at most."""
RISE, FALL = 0.005, 0.015
"""Seconds in which it fades in, and out."""


def trimmed(samples: Samples, sample_rate: int) -> Samples:
    """Speech without the silence around it; nothing where all of it is silence."""
    return samples[speech(samples, sample_rate)]


def speech(samples: Samples, sample_rate: int) -> slice:
    """Where there is speech, without the silence around it; nowhere where all of it is silence."""
    size = max(1, round(FRAME * sample_rate))
    frames = np.append(samples, np.zeros(-len(samples) % size, np.float32)).reshape(-1, size)
    levels = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-12)
    heard = np.flatnonzero(levels > max(levels.max(initial=-np.inf) + QUIET, SILENT))
    if not len(heard):
        return slice(0, 0)
    margin = round(MARGIN * sample_rate)
    return slice(max(0, int(heard[0]) * size - margin), int(heard[-1] + 1) * size + margin)


def levelled(samples: Samples, sample_rate: int, lufs: float) -> Samples:
    """Speech as loud as wanted, as far as its peaks allow; what is too quiet to be measured stays as it is."""
    meter = Loudness(sample_rate, 1)
    times = -(-round(STEP * (STEPS + 1) * sample_rate) // max(1, len(samples)))  # a word may be shorter than a block
    meter.feed(np.tile(samples, max(1, times))[None, :])
    loudness, peak = meter.integrated(), float(np.abs(samples).max(initial=0.0))
    if loudness is None or not peak:
        return samples
    gain = 10 ** (min(lufs - loudness, MOST_GAIN) / 20)
    return (samples * min(gain, CEILING / peak)).astype(np.float32)


def faded(samples: Samples, sample_rate: int) -> Samples:
    """Speech that begins and ends at nothing."""
    faded = samples.copy()
    rise, fall = (min(round(seconds * sample_rate), len(samples) // 2) for seconds in (RISE, FALL))
    faded[:rise] *= _half_cosine(rise)
    faded[len(faded) - fall :] *= _half_cosine(fall)[::-1]
    return faded


def _half_cosine(frames: int) -> Samples:
    ramp: Samples = (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / max(1, frames))).astype(np.float32)
    return ramp
