"""Sound that tells which part of it is which: what comes through a microphone and a network can be counted exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..types import Audio

STEP = 0.1
"""Seconds of each part: a pair of tones of its own, between quiet edges."""
LOW = 400.0 + 25 * np.arange(40)
HIGH = 1700.0 + 50 * np.arange(40)
MANY = len(LOW) * len(HIGH)
"""How many parts there are before they begin again."""
FINE = 1 << 14
"""Points of the spectrum that is looked at."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which parts were heard."""

    parts: tuple[int, ...]
    """Their numbers, in the order in which they came."""
    shift: float
    """Seconds by which the last parts come later than the first make expect, up to half a part: what was lost or
    doubled inside of parts shows here."""

    @property
    def faults(self) -> list[tuple[int, int]]:
        """Parts that followed each other and should not have."""
        pairs = zip(self.parts, self.parts[1:], strict=False)
        return [(one, after) for one, after in pairs if after != (one + 1) % MANY]


def coded(seconds: float = MANY * STEP, sample_rate: int = 48_000) -> Audio:
    """The parts in order."""
    step = round(STEP * sample_rate)
    at = np.arange(step) / sample_rate
    edge = np.minimum(1, np.minimum(at, STEP - at) / 0.005)
    numbers = np.arange(round(seconds / STEP)) % MANY
    tones = [0.2 * np.sin(2 * np.pi * np.outer(band, at)) for band in (LOW, HIGH)]
    parts = (tones[0][numbers // len(HIGH)] + tones[1][numbers % len(HIGH)]) * edge
    return Audio(parts.reshape(-1).astype(np.float32), sample_rate)


def counted(audio: Audio) -> Counted:
    """Which parts are in a sound that holds nothing else; begun and broken off ones at both ends are left out."""
    step = round(STEP * audio.sample_rate)
    samples = audio.mono
    begin = _edge(samples[: 50 * step], step)
    count = (len(samples) - begin) // step
    windows = samples[begin : begin + count * step].reshape(count, step)
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(step), FINE))
    hertz = np.fft.rfftfreq(FINE, 1 / audio.sample_rate)
    low, high = (_nearest(spectrum, hertz, band) for band in (LOW, HIGH))
    late = _edge(windows[-50:].reshape(-1), step)
    shift = (late + step // 2) % step - step // 2
    return Counted(tuple(int(part) for part in low * len(HIGH) + high), shift / audio.sample_rate)


def _edge(samples: NDArray[np.float32], step: int) -> int:
    """Where the first whole part begins: it is quietest around there."""
    loud = np.abs(samples[: len(samples) // step * step]).reshape(-1, step).mean(axis=0)
    near = step // 40
    round_about = np.concatenate([loud[-near:], loud, loud[:near]])
    return int(np.convolve(round_about, np.ones(2 * near + 1), "valid").argmin())


def _nearest(
    spectrum: NDArray[np.floating], hertz: NDArray[np.floating], tones: NDArray[np.floating]
) -> NDArray[np.intp]:
    """Which of the tones each window holds."""
    band = (hertz > tones[0] - 30) & (hertz < tones[-1] + 30)
    peaks = hertz[band][spectrum[:, band].argmax(axis=1)]
    found: NDArray[np.intp] = np.abs(tones[None] - peaks[:, None]).argmin(axis=1)
    return found
