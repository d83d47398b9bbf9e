"""Change the sample rate of sound, whole or as it streams by, without moving it in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import numpy as np

from ..types import Audio, Samples

JUMP = 1e-3
"""Seconds: a chunk that starts further from the end of the last one does not follow it."""


def resample(audio: Audio, sample_rate: int) -> Audio:
    """The same sound at another rate, in Hz; the same object where it has that rate."""
    if audio.sample_rate == sample_rate:
        return audio
    resampler = Resampler(sample_rate)
    parts = [*resampler.feed(audio), *resampler.flush()]
    return Audio.join(parts) if parts else Audio(np.zeros((audio.channels, 0), np.float32), sample_rate, audio.start)


def fit(audio: Audio, sample_rate: int) -> Audio:
    """What an engine asks for: one channel at its rate, in Hz; the same object where it is that already."""
    if audio.channels > 1:
        audio = Audio(audio.mono, audio.sample_rate, audio.start)
    return resample(audio, sample_rate)


def resampled(chunks: Iterable[Audio], sample_rate: int) -> Iterator[Audio]:
    """A stream of sound at another rate, in Hz."""
    resampler = Resampler(sample_rate)
    for audio in chunks:
        yield from resampler.feed(audio)
    yield from resampler.flush()


class Resampler:
    """A stream at another rate: feed it each chunk, flush it at the end.

    Whatever the chunks, together they give what the whole would, sample by sample. A chunk that does not follow the
    last one, or has another shape, begins anew at its own time. One that has the right rate comes out as it went in.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._stretch: _Stretch | None = None

    def feed(self, audio: Audio) -> list[Audio]:
        """One chunk more; gives what is ready, which ends some milliseconds before the chunk does."""
        ready = [] if self._stretch is None or self._stretch.followed_by(audio) else self.flush()
        if audio.sample_rate == self.sample_rate:
            return [*ready, audio]
        self._stretch = self._stretch or _Stretch(audio, self.sample_rate)
        return [*ready, *self._stretch.feed(audio.samples)]

    def flush(self) -> list[Audio]:
        """What was held back; it can be fed again afterwards."""
        stretch, self._stretch = self._stretch, None
        return [] if stretch is None else stretch.feed(np.zeros((stretch.channels, 0), np.float32), last=True)


class _Stretch:
    """Chunks that follow each other: libsoxr's state, and where on the timeline it has come to."""

    def __init__(self, first: Audio, sample_rate: int) -> None:
        from soxr import ResampleStream

        self.channels = first.channels
        self._stream = ResampleStream(first.sample_rate, sample_rate, first.channels, dtype="float32", quality="HQ")
        self._start, self._rate, self._taken = first.start, first.sample_rate, 0
        self._sample_rate, self._given = sample_rate, 0

    def followed_by(self, audio: Audio) -> bool:
        end = self._start + self._taken / self._rate
        same = (audio.sample_rate, audio.channels) == (self._rate, self.channels)
        return same and abs(audio.start - end) <= JUMP

    def feed(self, samples: Samples, *, last: bool = False) -> list[Audio]:
        self._taken += samples.shape[1]
        frames = self._stream.resample_chunk(np.ascontiguousarray(samples.T), last=last)
        if not frames.size:
            return []
        np.clip(frames, -1.0, 1.0, out=frames)  # a filter overshoots where full scale begins or ends
        start = self._start + self._given / self._sample_rate
        self._given += frames.shape[0]
        return [Audio(cast(Samples, np.ascontiguousarray(frames.T)), self._sample_rate, start)]
