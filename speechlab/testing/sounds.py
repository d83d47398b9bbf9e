"""Sounds that nobody speaks in, and one that somebody does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

import numpy as np

from ..types import Audio, Samples
from .speech import speech

RATE = 16_000


def silence(seconds: float = 2.0, sample_rate: int = RATE, start: float = 0.0) -> Audio:
    """Digital silence."""
    return Audio(np.zeros(round(seconds * sample_rate), np.float32), sample_rate, start)


def noise(seconds: float = 2.0, sample_rate: int = RATE, start: float = 0.0, level: float = 0.05) -> Audio:
    """White noise, the same each time."""
    samples = np.random.default_rng(1).normal(scale=level, size=round(seconds * sample_rate))
    return Audio(samples.astype(np.float32), sample_rate, start)


def tone(seconds: float = 2.0, sample_rate: int = RATE, start: float = 0.0, hertz: float = 440.0) -> Audio:
    """A sine."""
    return Audio(_sine(seconds, sample_rate, hertz), sample_rate, start)


def music(seconds: float = 4.0, sample_rate: int = RATE, start: float = 0.0) -> Audio:
    """Chords with overtones and a beat: no words in it, but much else."""
    chords = ((262, 330, 392), (294, 370, 440), (247, 311, 370), (196, 247, 294))
    bar = seconds / len(chords)
    bars = []
    for chord in chords:
        parts = [_sine(bar, sample_rate, note * over) / over for note in chord for over in (1, 2, 3)]
        mixed = np.sum(parts, axis=0)
        bars.append(mixed * np.exp(-3 * np.arange(len(mixed)) / len(mixed)))
    samples = np.concatenate(bars)
    return Audio((0.5 * samples / np.abs(samples).max()).astype(np.float32), sample_rate, start)


def spoken(sample_rate: int = RATE, start: float = 0.0) -> Audio:
    """The English :func:`speech`, at a rate, placed on a timeline."""
    from ..media import fit

    audio = fit(speech("en").audio, sample_rate)
    return Audio(audio.samples, sample_rate, start)


def cut(audio: Audio, lengths: Iterable[int]) -> Iterator[Audio]:
    """The same sound in chunks of so many samples, over and over.

    >>> [chunk.frames for chunk in cut(silence(1, sample_rate=10), [3, 2])]
    [3, 2, 3, 2]
    """
    first = 0
    for length in cycle(lengths):
        if first >= audio.frames:
            return
        yield Audio(
            audio.samples[:, first : first + length], audio.sample_rate, audio.start + first / audio.sample_rate
        )
        first += length


def _sine(seconds: float, sample_rate: int, hertz: float) -> Samples:
    times = np.arange(round(seconds * sample_rate)) / sample_rate
    wave: Samples = (0.3 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)
    return wave
