"""The outline of a sound, small enough for a page: peaks gathered from chunks while they pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Audio, Samples

FIRST_STRETCH = 0.01
"""Seconds that each pair covers until there are too many pairs."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """The lowest and the highest sample of equal stretches of a sound: what a waveform display draws.

    Values run from -127 to 127, where 127 is :attr:`loudest`, so that quiet recordings keep their shape.
    """

    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    loudest: float = 0.0
    """The largest absolute sample, in [0, 1]."""
    start: float = 0.0
    """Where the sound begins on the timeline, in seconds."""
    duration: float = 0.0
    """Length of the sound in seconds."""
    stretch: float = 0.0
    """Seconds that each pair covers; the last pair may cover less."""


class Peaks:
    """Gathers the :class:`Waveform` of a stream: memory and result stay a few kilobytes, however long it runs.

    Pairs are made fine first; whenever there are more than ``pairs``, neighbours are joined. So a long sound ends
    with between half of ``pairs`` and ``pairs``, and how it was cut into chunks makes no difference.

    >>> peaks = Peaks()
    >>> for chunk in Audio(np.ones(48000, np.float32), 16000).chunks(0.5):
    ...     peaks.feed(chunk)
    >>> peaks.waveform().duration
    3.0
    """

    def __init__(self, pairs: int = 2000) -> None:
        self._limit = max(2, pairs)
        self._low = np.empty(0, np.float32)
        self._high = np.empty(0, np.float32)
        self._start = 0.0
        self._rate = 0
        self._step = 1
        self._frames = 0

    def feed(self, audio: Audio) -> None:
        """The next chunk; it follows the one before. All channels go into one outline.

        Raises ValueError where the sample rate differs from that of the chunks before.
        """
        if not self._rate:
            self._start, self._rate = audio.start, audio.sample_rate
            self._step = max(1, round(audio.sample_rate * FIRST_STRETCH))
        if audio.sample_rate != self._rate:
            raise ValueError(f"peaks of one sound need one sample rate, not {self._rate} and {audio.sample_rate} Hz")
        for part in audio.chunks(60):
            self._add(np.clip(np.nan_to_num(part.samples, nan=0.0), -1.0, 1.0))
            while len(self._low) > self._limit:
                self._join_neighbours()

    def waveform(self) -> Waveform:
        """The outline of what was fed so far."""
        loudest = float(max(self._high.max(initial=0.0), -self._low.min(initial=0.0)))
        scale = 127 / loudest if loudest else 0.0
        return Waveform(
            low=tuple(np.rint(self._low * scale).astype(int).tolist()),
            high=tuple(np.rint(self._high * scale).astype(int).tolist()),
            loudest=round(loudest, 4),
            start=self._start,
            duration=self._frames / self._rate if self._rate else 0.0,
            stretch=self._step / self._rate if self._rate else 0.0,
        )

    def _add(self, samples: Samples) -> None:
        frames = samples.shape[1]
        if not frames:
            return
        begun = self._frames % self._step  # frames that the last pair already covers
        edges = np.arange(-begun, frames, self._step)
        edges[0] = 0
        low = np.minimum.reduceat(samples.min(axis=0), edges)
        high = np.maximum.reduceat(samples.max(axis=0), edges)
        if begun:
            low[0], high[0] = min(low[0], self._low[-1]), max(high[0], self._high[-1])
            self._low, self._high = self._low[:-1], self._high[:-1]
        self._low, self._high = np.concatenate([self._low, low]), np.concatenate([self._high, high])
        self._frames += frames

    def _join_neighbours(self) -> None:
        pairs = np.arange(0, len(self._low), 2)
        self._low, self._high = np.minimum.reduceat(self._low, pairs), np.maximum.reduceat(self._high, pairs)
        self._step *= 2
