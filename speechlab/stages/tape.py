"""The recent past of a stream: sound is cut from it by time, never by the order of arrival."""

from __future__ import annotations

from collections import deque

import numpy as np

from ..types import Audio


class Tape:
    """Chunks that follow each other, of one rate, kept from :meth:`forget`'s time on; each chunk is stored once.

    A detector tells of a start or an end only after hearing past it, so the stage cuts utterances from here.
    """

    def __init__(self) -> None:
        self._chunks: deque[Audio] = deque()

    def __bool__(self) -> bool:
        return bool(self._chunks)

    @property
    def start(self) -> float:
        """Where the kept sound begins, in seconds."""
        return self._chunks[0].start if self._chunks else 0.0

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self._chunks[-1].end if self._chunks else 0.0

    @property
    def frames(self) -> int:
        """How many samples of each channel are kept."""
        return sum(chunk.frames for chunk in self._chunks)

    def append(self, audio: Audio) -> None:
        """The next chunk."""
        if audio.frames:
            self._chunks.append(audio)

    def forget(self, before: float) -> None:
        """Drop the chunks that end at or before this time."""
        while self._chunks and self._chunks[0].end <= before:
            self._chunks.popleft()

    def take(self, end: float) -> Audio:
        """The kept sound up to a time, which is then forgotten; nothing is lost or told twice between two takes."""
        return self.first(round((end - self.start) * self._chunks[0].sample_rate))

    def first(self, frames: int) -> Audio:
        """The first of the kept sound, so many samples or what there is; it is then forgotten."""
        first = self._chunks[0]
        rate, frames = first.sample_rate, min(frames, self.frames)
        samples = np.empty((first.channels, frames), np.float32)
        done = 0
        while done < frames:  # each chunk is let go of as soon as it is copied, so that memory holds the sound once
            chunk = self._chunks.popleft()
            part = chunk.samples[:, : frames - done]
            samples[:, done : done + part.shape[1]] = part
            done += part.shape[1]
            if part.shape[1] < chunk.frames:
                self._chunks.appendleft(Audio(chunk.samples[:, part.shape[1] :], rate, first.start + done / rate))
        return Audio(samples, rate, first.start)

    def cut(self, start: float, end: float) -> Audio:
        """The kept sound between two times."""
        parts = [chunk for chunk in self._chunks if chunk.end > start and chunk.start < end]
        if not parts:
            rate = self._chunks[-1].sample_rate if self._chunks else 16_000
            return Audio(np.zeros((1, 0), np.float32), rate, start)
        return Audio.join(parts).crop(start, end)
