"""What a stream leaves behind: for each frame whether people speak, for each moment a voice. Never the sound itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np

from speechlab import Samples

from .grid import FRAMES, SETTLED, STRIDE
from .hearing import LOCAL, Flags, Heard, Integers
from .networks import SIZE

SHARED = 12
"""Frames that two chunks' local speakers must share to be one: 0.2 s."""
AT_ONCE = 4096
"""Moments that are looked at together."""
SCALE = 255
"""Probabilities are kept as bytes."""


class Rows:
    """An array that grows at its end, and can be cut there."""

    def __init__(self, dtype: Any, *shape: int) -> None:
        self._held = np.zeros((1024, *shape), dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Any:
        """What is in it; not to be changed, and good until it grows."""
        return self._held[: self._count]

    def extend(self, values: Any) -> None:
        """More rows."""
        needed = self._count + len(values)
        if needed > len(self._held):
            grown = np.zeros((max(needed, len(self._held) * 3 // 2), *self._held.shape[1:]), self._held.dtype)
            grown[: self._count] = self.values
            self._held = grown
        self._held[self._count : needed] = values
        self._count = needed

    def cut(self, count: int) -> None:
        """Keep so many rows."""
        self._count = min(self._count, count)


class Memory:
    """All that was heard of a stream. Three hours of it take some forty megabytes."""

    def __init__(self) -> None:
        self._speech, self._overlap = Rows(np.uint8), Rows(np.uint8)
        self._frames, self._tracks = Rows(np.int32), Rows(np.int32)
        self._seconds, self._voices = Rows(np.float32), Rows(np.float16, SIZE)
        self.settled = 0
        """How many moments, from the first, no later chunk will hear better."""
        self._votes = np.zeros((3, 0), np.float32)
        """Sums for the frames of the last chunk: of speech, of overlap, and of the weight they have."""
        self._last: Heard | None = None
        self._known: list[int] = []
        """The tracks of the last chunk's local speakers."""
        self._named = 0

    def add(self, heard: Heard, *, last: bool = False) -> None:
        """The next chunk; behind the last one nothing changes any more."""
        self._vote(heard)
        self._known = self._followed(heard)
        moments = heard.moments
        for rows, values in (
            (self._frames, moments.frames),
            (self._seconds, moments.seconds),
            (self._voices, moments.voices),
            (self._tracks, np.array(self._known, np.int64)[moments.speakers]),
        ):
            rows.cut(self.settled)
            rows.extend(values)
        self.settled = int(np.searchsorted(self._frames.values, heard.first + SETTLED.stop))
        self._last = heard
        if last:
            self.settle()

    def settle(self) -> None:
        """No chunk follows."""
        self.settled = len(self._frames)

    # -- frames --------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many frames were heard."""
        return len(self._speech)

    def speech(self, since: int = 0) -> Samples:
        """For each frame the probability that somebody speaks."""
        return _told(self._speech, since)

    def overlap(self, since: int = 0) -> Samples:
        """For each frame the probability that two people speak."""
        return _told(self._overlap, since)

    def _vote(self, heard: Heard) -> None:
        """Each frame is the mean of what the chunks around it say; the nearer its middle, the more a chunk counts."""
        votes = np.zeros((3, len(heard.speech)), np.float32)
        if self._last is not None:
            before = self._votes[:, heard.first - self._last.first :]
            votes[:, : before.shape[1]] += before[:, : votes.shape[1]]
        weight = np.hamming(FRAMES).astype(np.float32)[: len(heard.speech)]
        votes += weight * np.stack([heard.speech, heard.overlap, np.ones_like(heard.speech)])
        self._votes = votes
        for rows, sums in ((self._speech, votes[0]), (self._overlap, votes[1])):
            rows.cut(heard.first)
            rows.extend(np.round(SCALE * np.clip(sums / votes[2], 0, 1)).astype(np.uint8))

    # -- moments -------------------------------------------------------------------------------------------------------

    @property
    def moments(self) -> int:
        """How many moments there are, unsettled ones among them."""
        return len(self._frames)

    def at(self, since: int = 0, until: int | None = None) -> Integers:
        """The frames of moments."""
        return self._frames.values[since:until]  # type: ignore[no-any-return]

    def voices(self, since: int = 0, until: int | None = None, every: int = 1) -> Samples:
        """The voices at moments, unit vectors."""
        return self._voices.values[since:until:every].astype(np.float32)  # type: ignore[no-any-return]

    def likeness(self, speakers: Samples, since: int = 0) -> Samples:
        """How alike the voice at each moment is to each speaker's: (moments, speakers)."""
        told = [np.zeros((0, len(speakers)), np.float32)]
        told += [self.voices(a, b) @ speakers.T for a, b in self._blocks(since)]
        return np.concatenate(told)

    def summed(self, labels: Integers, count: int, weights: Samples | None = None) -> Samples:
        """The sums of the voices at the moments of each label, weighted: (count, 192)."""
        sums = np.zeros((count, SIZE), np.float32)
        for a, b in self._blocks():
            voices = self.voices(a, b)
            np.add.at(sums, labels[a:b], voices if weights is None else voices * weights[a:b, None])
        return sums

    def _blocks(self, since: int = 0) -> Iterator[tuple[int, int]]:
        """Moments by the thousand: all of them at once, hours of voices in single precision, take too much room."""
        for first in range(since, self.moments, AT_ONCE):
            yield first, min(first + AT_ONCE, self.moments)

    def seconds(self, since: int = 0, until: int | None = None) -> Samples:
        """How much of the voice was heard at moments."""
        return self._seconds.values[since:until]  # type: ignore[no-any-return]

    def tracks(self, since: int = 0, until: int | None = None) -> Integers:
        """At each moment the number of a track: while chunks agree, the same speaker."""
        return self._tracks.values[since:until]  # type: ignore[no-any-return]

    def _followed(self, heard: Heard) -> list[int]:
        """The tracks of a chunk's local speakers: those of the speakers before who speak when they do."""
        before = self._last
        tracks = [-1] * LOCAL
        if before is not None:
            shared = _shared(before.active[heard.first - before.first :], heard.active)
            order = max(permutations(range(LOCAL)), key=lambda order: sum(shared[order[n], n] for n in range(LOCAL)))
            tracks = [self._known[order[n]] if shared[order[n], n] >= SHARED else -1 for n in range(LOCAL)]
        for number, track in enumerate(tracks):
            if track < 0:
                tracks[number] = self._named
                self._named += 1
        return tracks


def _told(rows: Rows, since: int) -> Samples:
    told: Samples = rows.values[since:].astype(np.float32) / SCALE
    return told


def _shared(before: Flags, now: Flags) -> Integers:
    """For each pair of local speakers the frames in which both are active."""
    length = min(len(before), len(now))
    counted: Integers = before[:length].T.astype(np.int64) @ now[:length].astype(np.int64)
    return counted


assert SETTLED.stop - SETTLED.start == STRIDE  # each moment is settled by one chunk
