"""The sound for the ear of one run, written to a file while it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import numpy as np

from . import media
from .closing import closes
from .types import Audio, Samples

BLOCK = 10.0
"""Seconds that are read and written at once where channels are put together."""


class HeardFile:
    """A file that appears with :meth:`finish`, whole; its suffix tells the format. What is unfinished when it is closed
    is deleted.

    Where each channel of a recording is heard alone, one after the other, each becomes a channel of the file.
    """

    def __init__(self, path: Path, *, comment: str = "") -> None:
        """The ``comment`` is written as the file's own."""
        self.path = path
        self._comment = comment
        self.start = 0.0
        """Where the finished file begins on the recording's timeline, in seconds: later than that where silence was
        trimmed."""
        self._channels: list[_Channel] = []
        self._begins = True

    def next_channel(self) -> None:
        """The recording is heard once more from its start: what comes now is its next channel."""
        self._begins = True

    def append(self, audio: Audio) -> None:
        """The next stretch. Raises OutputError where the disk is full or the folder forbidden, ConfigError where the
        format is none that can be written."""
        if not audio.frames:
            return
        if self._begins:
            part = self.path.with_name(f".{self.path.stem}-{len(self._channels) + 1}{self.path.suffix}")
            self._channels.append(_Channel(part, audio.start, self._comment))
            self._begins = False
        self._channels[-1].append(audio)

    def finish(self) -> Path | None:
        """No more comes: the file, or None where nothing came. Raises OutputError and AudioError."""
        if not self._channels:
            return None
        for channel in self._channels:
            channel.finish()
        self.start = min(channel.start for channel in self._channels)
        if len(self._channels) == 1:
            self._channels[0].path.replace(self.path)
        else:
            media.write(_together(self._channels, self.start), self.path, comment=self._comment)
        self.close()
        return self.path

    def close(self) -> None:
        """Delete what is unfinished."""
        for channel in self._channels:
            channel.close()
        self._channels = []


class _Channel:
    """One pass over the recording, in a file of its own. What writes pulls; here it is pushed, a piece at a time."""

    def __init__(self, path: Path, start: float, comment: str) -> None:
        self.path, self.start = path, start
        self._given: deque[Audio] = deque()
        self._over = False
        self._written = media.writing(self._pieces(), path, comment=comment)

    def append(self, audio: Audio) -> None:
        """The next stretch, written before this returns."""
        self._given.append(audio)
        next(self._written)

    def finish(self) -> None:
        """The file appears."""
        self._over = True
        for _ in self._written:
            pass

    def close(self) -> None:
        """The file is gone."""
        self._written.close()
        self.path.unlink(missing_ok=True)

    def _pieces(self) -> Iterator[Audio]:
        while self._given or not self._over:
            yield self._given.popleft()


def _together(channels: Sequence[_Channel], start: float) -> Iterator[Audio]:
    """The channels side by side from ``start`` on, with silence where one has no sound."""
    with ExitStack() as opened:
        sources = []
        for channel in channels:
            opened.enter_context(closes(source := media.read(channel.path, seconds=BLOCK)))
            first = next(source)
            ahead = Audio(np.zeros(round((channel.start - start) * first.sample_rate), np.float32), first.sample_rate)
            sources.append(_blocks(chain([ahead, first], source), round(BLOCK * first.sample_rate)))
            rate = first.sample_rate
        at = 0
        for parts in zip(*sources, strict=True):
            if not (longest := max(len(samples) for samples in parts)):
                return
            side = np.stack([np.pad(samples, (0, longest - len(samples))) for samples in parts])
            yield Audio(side, rate, start + at / rate)
            at += longest


def _blocks(chunks: Iterator[Audio], frames: int) -> Iterator[Samples]:
    """The sound as blocks of so many samples; shorter ones, down to none, once it is over."""
    rest = np.zeros(0, np.float32)
    while True:
        while len(rest) < frames and (chunk := next(chunks, None)) is not None:
            rest = np.concatenate([rest, chunk.mono])
        yield rest[:frames]
        rest = rest[frames:]
