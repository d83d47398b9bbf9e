"""The recent past of a live stream, in one piece: what is cut from it is seen where it lies, not copied."""

from __future__ import annotations

import numpy as np

from ..types import Audio, Samples

LENGTH = 20.0
"""Seconds for which there is room; what is still needed is then moved to the beginning of another piece."""


class Reel:
    """Sound that follows itself, of one rate, kept from :meth:`forget`'s time on.

    Beside :class:`~speechlab.stages.tape.Tape`, from which much is cut once, this is for sound of which the same
    seconds are looked at again and again. Nothing is ever written over: whoever holds a cut may keep it.
    """

    def __init__(self) -> None:
        self._samples: Samples = np.zeros((1, 0), np.float32)
        self._rate = 16_000
        self._start = 0.0
        """Where the piece begins, in seconds."""
        self._first = self._filled = 0
        """Of the piece, the samples that are kept."""

    @property
    def end(self) -> float:
        """Where the sound ends, in seconds."""
        return self._start + self._filled / self._rate

    def append(self, audio: Audio) -> None:
        """The next chunk."""
        if not audio.frames:
            return
        if not self._filled:
            self._start, self._rate = audio.start, audio.sample_rate
        until = self._filled + audio.frames
        if until > self._samples.shape[1]:
            self._move(audio)
            until = self._filled + audio.frames
        self._samples[:, self._filled : until] = audio.samples
        self._filled = until

    def forget(self, before: float) -> None:
        """What lies before this time is not needed any more."""
        self._first = max(self._first, min(self._filled, self._at(before)))

    def cut(self, start: float, end: float) -> Audio:
        """The kept sound between two times."""
        first = min(max(self._at(start), self._first), self._filled)
        last = min(max(self._at(end), first), self._filled)
        return Audio(self._samples[:, first:last], self._rate, self._start + first / self._rate)

    def _at(self, time: float) -> int:
        return round((time - self._start) * self._rate)

    def _move(self, audio: Audio) -> None:
        """Go on in another piece, with room for this chunk."""
        kept = self._samples[:, self._first : self._filled]
        room = max(round(LENGTH * self._rate), 2 * (kept.shape[1] + audio.frames))
        self._samples = np.empty((audio.channels, room), np.float32)
        self._samples[:, : kept.shape[1]] = kept
        self._start += self._first / self._rate
        self._first, self._filled = 0, kept.shape[1]
