"""What the channels are to each other: copies, opposites, or the voices of different people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..closing import closes
from ..source import Source
from ..types import Samples
from .result import Channels

FRAME = 0.1
"""Seconds over which levels are compared: about half a syllable."""
SILENT = 10 ** (-70 / 10)
"""Mean square of a channel in which there is next to nothing: -70 dBFS."""
SAME = 0.98
"""Correlation from which on two channels hold one sound."""
OPPOSED = -0.5
"""Correlation from which on down a mix loses more than half of the sound."""
AHEAD = 15.0
"""Decibels by which a channel leads in a frame: each counted from its own loud frames, so that one that is recorded
quieter counts as much, and one that hears the speaker of another from across the room does not lead."""
DYNAMIC = 15.0
"""Decibels between the loud and the quiet frames of a channel in which somebody speaks."""
LED = 0.1
"""The part of all frames with speech in which a channel leads, if it has a speaker of its own."""
LEAST = 1.0
"""Seconds in which it does so."""
LIMIT = 600.0
"""Seconds that tell enough."""

Matrix = npt.NDArray[np.float64]


class Relation:
    """Feed it the chunks of a sound, finite samples shaped (channels, frames): it keeps one number for each 0.1 s and
    channel, and how each pair of channels correlates."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._size = max(1, round(FRAME * sample_rate))
        self._channels = channels
        self._products = np.zeros((channels, channels))
        self._sums = np.zeros(channels)
        self._frames = 0
        self._powers: list[npt.NDArray[np.float32]] = []
        self._held: Samples = np.zeros((channels, 0), np.float32)

    def feed(self, samples: Samples) -> None:
        exact = samples.astype(np.float64)
        self._products += exact @ exact.T
        self._sums += exact.sum(axis=1)
        self._frames += samples.shape[1]
        held = np.concatenate([self._held, samples], axis=1)
        whole = held.shape[1] // self._size * self._size
        self._held = held[:, whole:]
        self._powers.append(held[:, :whole].reshape(self._channels, -1, self._size).var(axis=2))

    def channels(self) -> Channels:
        """What was found."""
        covariance = self._covariance
        power = covariance.diagonal()
        silent = tuple(np.flatnonzero(power <= SILENT).tolist())
        heard = np.flatnonzero(power > SILENT)
        scale = np.sqrt(power[heard])
        apart = ~np.eye(len(heard), dtype=bool)
        correlations = (covariance[np.ix_(heard, heard)] / np.outer(scale, scale))[apart]
        several = len(heard) > 1
        return Channels(
            count=self._channels,
            silent=silent,
            identical=several and bool(correlations.min() >= SAME),
            opposed=several and bool(correlations.min() <= OPPOSED),
            speakers=several and self._led(heard),
        )

    @property
    def _covariance(self) -> Matrix:
        frames = max(1, self._frames)
        means = self._sums / frames
        covariance: Matrix = self._products / frames - np.outer(means, means)
        return covariance

    def _led(self, heard: npt.NDArray[np.intp]) -> bool:
        """Whether each of these channels leads now and then, by far."""
        levels = 10 * np.log10(np.concatenate(self._powers, axis=1)[heard] + 1e-12)
        if not levels.shape[1]:
            return False
        loud, quiet = np.percentile(levels, [95, 10], axis=1)
        if (loud - quiet < DYNAMIC).any():
            return False
        relative = levels - loud[:, None]
        spoken = relative.max(axis=0) > -DYNAMIC
        two = np.sort(relative, axis=0)[-2:]
        ahead = spoken & (two[1] - two[0] >= AHEAD)
        leads = np.bincount(relative.argmax(axis=0)[ahead], minlength=len(heard))
        return bool(leads.min() >= max(LED * np.count_nonzero(spoken), LEAST / FRAME))


def channel_speakers(source: Source) -> bool:
    """Whether the channels of a recording each hold a speaker of their own, as those of a telephone call do: then each
    is better recognised alone. Hears its first ten minutes at most. Raises AudioError."""
    if source.channels < 2:
        return False
    relation = Relation(source.sample_rate, source.channels)
    chunks = source.untouched()
    with closes(chunks):
        for audio in chunks:
            relation.feed(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0))
            if audio.end - source.start >= LIMIT:
                break
    return relation.channels().speakers
