"""Sound on a timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Float32 PCM in [-1, 1], shaped (channels, frames), placed on a timeline at ``start`` seconds.

    The samples are read-only, so an ``Audio`` can be shared between stages and threads without a copy.
    Equality is identity; to compare sound, compare :attr:`digest`.
    """

    samples: Samples
    sample_rate: int
    start: float = 0.0

    def __post_init__(self) -> None:
        samples = np.atleast_2d(np.asarray(self.samples, dtype=np.float32)).view()
        if samples.ndim != 2:
            raise ValueError(f"samples are shaped (channels, frames), not {samples.shape}")
        if self.sample_rate <= 0:
            raise ValueError(f"a sample rate is positive, not {self.sample_rate}")
        samples.setflags(write=False)
        object.__setattr__(self, "samples", samples)

    def __repr__(self) -> str:
        return (
            f"Audio({self.duration:.2f} s from {self.start:.2f} s, {self.sample_rate} Hz, {self.channels} channel"
            f"{'s' * (self.channels != 1)})"
        )

    @property
    def channels(self) -> int:
        """How many channels."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """How many samples in each channel."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        frames: int = self.samples.shape[1]
        return frames / self.sample_rate

    @property
    def end(self) -> float:
        """Where it ends on the timeline, in seconds."""
        frames: int = self.samples.shape[1]  # looked at for every chunk of every stream, so without detours
        return self.start + frames / self.sample_rate

    @property
    def mono(self) -> Samples:
        """All channels mixed down to one, shaped (frames,)."""
        if self.channels == 1:
            only: Samples = self.samples[0]
            return only
        mixed: Samples = self.samples.mean(axis=0, dtype=np.float32)
        return mixed

    @property
    def digest(self) -> str:
        """Sha256 of the samples and their rate: equal digests, equal sound."""
        seen = hashlib.sha256(f"{self.sample_rate}:{self.samples.shape}".encode())
        seen.update(np.ascontiguousarray(self.samples).data)
        return seen.hexdigest()

    def channel(self, index: int) -> Audio:
        """One channel alone."""
        return Audio(self.samples[index], self.sample_rate, self.start)

    def crop(self, start: float, end: float) -> Audio:
        """The part between two times of the timeline (not of the buffer); what lies outside is left out."""
        first = min(self.frames, max(0, round((start - self.start) * self.sample_rate)))
        last = min(self.frames, max(first, round((end - self.start) * self.sample_rate)))
        return Audio(self.samples[:, first:last], self.sample_rate, self.start + first / self.sample_rate)

    def chunks(self, seconds: float) -> Iterator[Audio]:
        """The same sound in chunks of so many seconds, the last one shorter."""
        step = max(1, round(seconds * self.sample_rate))
        for first in range(0, self.frames, step):
            yield Audio(self.samples[:, first : first + step], self.sample_rate, self.start + first / self.sample_rate)

    @staticmethod
    def join(parts: Iterable[Audio]) -> Audio:
        """Parts that follow each other, as one."""
        first, *rest = parts
        if not rest:
            return first
        samples = np.concatenate([first.samples, *(part.samples for part in rest)], axis=1)
        return Audio(samples, first.sample_rate, first.start)
