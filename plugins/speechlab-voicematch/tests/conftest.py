"""Speech that needs no recording: a buzz through resonances, as high and as bright as asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import lfilter

from speechlab import Samples

VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))


def vowels(pitch: float, *, size: float = 1.0, seconds: float = 2.0, rate: int = 24_000) -> Samples:
    """Four vowels one after the other, with a pitch that falls; ``size`` moves the formants."""
    frames = round(seconds * rate)
    at = np.arange(frames) / rate
    turns = np.cumsum(pitch * (1.1 - 0.2 * at / seconds)) / rate
    buzz = np.diff(np.floor(turns), prepend=0.0) + 0.002 * np.random.default_rng(1).standard_normal(frames)
    parts = []
    for part, formants in zip(np.array_split(buzz, len(VOWELS)), VOWELS, strict=True):
        for formant in formants:
            radius, angle = np.exp(-np.pi * 90 / rate), 2 * np.pi * formant * size / rate
            part = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], part)
        parts.append(part)
    sound = np.concatenate(parts)
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.fixture
def speech() -> Callable[..., Samples]:
    return vowels
