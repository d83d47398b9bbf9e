"""How many people speak, and how each sounds: agglomerative clustering whose measure does not depend on the recording.

Average linkage compares two clusters by the mean cosine between their voices. How large that is for one person depends
on the room, the noise and the length of the windows, so a fixed threshold on it is brittle. Here it is divided by what
each cluster's voices have in common with each other: 1 means as alike as one voice is to itself, whatever the sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speechlab import Samples

from .grid import FRAME, MOMENT, RATE, frames
from .hearing import REACH, Integers
from .memory import Memory
from .networks import SIZE, unit

Numbers = npt.NDArray[np.float64]

WINDOW = 2 * REACH
USUAL = 0.6
"""Mean cosine of one person's windows where a recording is too short to tell; its bounds are what real ones showed."""
BOUNDS = (0.4, 0.75)
FEWEST = 3
PRIOR = 6.0
"""So many pairs of windows speak for the recording's usual likeness in that of each cluster."""
LEAST_COMMON = 0.05
"""Voices that have less in common are a mixture; dividing by less would make them like everything."""
FULL = 1.2
"""Seconds of voice that make a window a full one. Where more speakers are asked for than are found, each needs only
one: rather somebody who says little than one person parted in two."""
WHOLE = 0.7
"""Seconds of voice that a window needs to take part; shorter ones tell little."""
LULL = frames(0.5)
"""A run of one track ends where it pauses for longer."""
BLOCK = 4096
"""Moments (some nine minutes of speech) that are clustered together at first."""
CROWD = 400
"""From so many groups on, settled blocks are clustered again with each other, so that finding the speakers takes no
longer however long the stream is."""
SURE = 0.8
"""In a block only clusters at least so alike are merged; the rest waits for the whole recording."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Windows that count as one voice each. Sums are all that average linkage on unit vectors needs."""

    sums: Numbers
    """Of the weighted unit vectors: (groups, 192)."""
    weights: Numbers
    """Of windows, a full one counting 1."""
    squares: Numbers
    """Sums of the squared weights: what each window shares with itself."""

    def __len__(self) -> int:
        return len(self.weights)

    def merged(self, labels: Integers) -> Groups:
        """Groups of groups: one for each label, which are counted from 0."""
        count = int(labels.max()) + 1 if len(labels) else 0
        sums = np.zeros((count, SIZE))
        np.add.at(sums, labels, self.sums)
        weights, squares = np.zeros(count), np.zeros(count)
        np.add.at(weights, labels, self.weights)
        np.add.at(squares, labels, self.squares)
        return Groups(sums, weights, squares)

    @staticmethod
    def joined(parts: list[Groups]) -> Groups:
        """Those of several blocks."""
        return Groups(
            np.concatenate([part.sums for part in parts]),
            np.concatenate([part.weights for part in parts]),
            np.concatenate([part.squares for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many speakers may be found, and when two are one."""

    least: int
    most: int
    threshold: float
    seconds: float
    """Who speaks for less is nobody."""


class Speakers:
    """Finds the speakers of a memory, now and again. Blocks of moments that are settled are clustered only once."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._blocks: list[Groups] = []
        self._done = 0
        self._likeness: list[float] = []

    def find(self, memory: Memory) -> Samples:
        """The voice of each speaker, a unit vector: (speakers, 192)."""
        while memory.settled - self._done >= BLOCK:
            groups, likeness = windows(memory, self._done, self._done + BLOCK)
            self._likeness += likeness
            usual = self._usual(self._likeness)
            self._blocks.append(self._condensed(groups, usual))
            self._done += BLOCK
            if sum(map(len, self._blocks)) > CROWD:
                self._blocks = [self._condensed(Groups.joined(self._blocks), usual)]
        rest, likeness = windows(memory, self._done, memory.moments)
        usual = self._usual([*self._likeness, *likeness])
        groups = Groups.joined([*self._blocks, self._condensed(rest, usual) if self._blocks else rest])
        if not len(groups):
            return np.zeros((0, SIZE), np.float32)
        labels = chosen(groups, list(merges(groups, usual)), self._wanted)
        found = groups.merged(labels)
        told = found.weights * WINDOW
        keep = np.argsort(-told, kind="stable")[: max(1, self._enough(told))]
        return unit(found.sums[np.sort(keep)].astype(np.float32))

    def _enough(self, seconds: Numbers) -> int:
        """How many of the clusters are speakers."""
        return max(int((seconds >= self._wanted.seconds).sum()), min(self._wanted.least, len(seconds)))

    @staticmethod
    def _usual(likeness: list[float]) -> float:
        """How alike one person's windows usually are here."""
        told = float(np.median(likeness)) if len(likeness) >= FEWEST else USUAL
        return min(max(told, BOUNDS[0]), BOUNDS[1])

    @staticmethod
    def _condensed(groups: Groups, usual: float) -> Groups:
        steps = [(into, gone) for into, gone, likeness in merges(groups, usual, least=SURE)]
        return groups.merged(after(len(groups), steps))


def windows(memory: Memory, since: int, until: int) -> tuple[Groups, list[float]]:
    """Windows that do not overlap, cut evenly from each run of a track; and how alike neighbours of one track are."""
    at, tracks, seconds = memory.at(since, until), memory.tracks(since, until), memory.seconds(since, until)
    if not len(at):
        return Groups(np.zeros((0, SIZE)), np.zeros(0), np.zeros(0)), []
    ends = np.flatnonzero((np.diff(tracks) != 0) | (np.diff(at) > LULL)) + 1
    picked = []
    for run in np.split(np.arange(len(at)), ends):
        count = max(1, round(len(run) * MOMENT * FRAME / RATE / WINDOW))
        picked += [run[int((part + 0.5) * len(run) / count)] for part in range(count)]
    pick = np.array(picked)
    voices = memory.voices(since, until)[pick].astype(np.float64)
    full = seconds[pick] >= FULL
    near = (tracks[pick][1:] == tracks[pick][:-1]) & full[1:] & full[:-1]
    likeness = (voices[1:] * voices[:-1]).sum(axis=1)[near].tolist()
    whole = seconds[pick] >= WHOLE
    if not whole.any():
        whole[:] = True
    weights = seconds[pick][whole].astype(np.float64) / WINDOW
    return Groups(voices[whole] * weights[:, None], weights, weights**2), likeness


def merges(groups: Groups, usual: float, least: float = -np.inf) -> Iterator[tuple[int, int, float]]:
    """Merges, the most alike first: which group takes which, and how alike both are, until none is so alike."""
    sums, weights, squares = groups.sums.copy(), groups.weights.copy(), groups.squares.copy()
    count = len(weights)
    if count < 2:
        return
    common = (np.square(sums).sum(axis=1) - squares + PRIOR * usual) / (weights**2 - squares + PRIOR)
    alike = sums @ sums.T / np.outer(weights, weights) / np.sqrt(np.outer(common, common))
    np.fill_diagonal(alike, -np.inf)
    for _ in range(count - 1):
        into, gone = divmod(int(alike.argmax()), count)
        likeness = float(alike[into, gone])
        if likeness < least:
            return
        yield into, gone, likeness
        sums[into] += sums[gone]
        weights[into] += weights[gone]
        squares[into] += squares[gone]
        inner = (sums[into] @ sums[into] - squares[into] + PRIOR * usual) / (weights[into] ** 2 - squares[into] + PRIOR)
        common[into] = max(inner, LEAST_COMMON)
        out = np.isneginf(alike[into])
        out[[into, gone]] = True
        row = sums @ sums[into] / (weights * weights[into]) / np.sqrt(common * common[into])
        row[out] = -np.inf
        alike[into] = alike[:, into] = row
        alike[gone] = alike[:, gone] = -np.inf


def after(count: int, steps: list[tuple[int, int]]) -> Integers:
    """The labels, counted from 0, that groups have after some merges."""
    labels = np.arange(count)
    for into, gone in steps:
        labels[labels == gone] = into
    return np.unique(labels, return_inverse=True)[1]


def chosen(groups: Groups, steps: list[tuple[int, int, float]], wanted: Wanted) -> Integers:
    """The labels where merging should stop: below the threshold, unless too many or too few speakers were left then."""
    pairs = [(into, gone) for into, gone, _ in steps]
    natural = next((n for n, (_, _, likeness) in enumerate(steps) if likeness < wanted.threshold), len(steps))
    speakers = _speakers(groups, pairs, wanted.seconds)
    stop = natural
    if speakers[natural] > wanted.most:
        stop = next(n for n in range(natural, len(speakers)) if max(1, speakers[n]) <= wanted.most)
    elif max(1, speakers[natural]) < wanted.least:
        speakers = _speakers(groups, pairs, min(wanted.seconds, FULL))
        enough = [n for n in range(natural + 1) if speakers[n] >= wanted.least]
        most = max(speakers[: natural + 1])
        stop = enough[-1] if enough else max(n for n in range(natural + 1) if speakers[n] == most)
        stop = min(stop, max(0, len(groups) - wanted.least))
    return after(len(groups), pairs[:stop])


def _speakers(groups: Groups, pairs: list[tuple[int, int]], seconds: float) -> list[int]:
    """How many clusters are long enough to be a speaker, after each number of merges."""
    told = groups.weights * WINDOW
    counts = [int((told >= seconds).sum())]
    for into, gone in pairs:
        together = told[into] + told[gone]
        change = int(together >= seconds) - int(told[into] >= seconds) - int(told[gone] >= seconds)
        counts.append(counts[-1] + change)
        told[into], told[gone] = together, 0.0
    return counts
