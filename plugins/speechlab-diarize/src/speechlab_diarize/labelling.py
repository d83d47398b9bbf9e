"""From voices to turns: the speaker of each moment on the likeliest path, then of each frame, and of the second one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from speechlab import Samples

from .clustering import WINDOW
from .grid import FRAME, MOMENT, RATE, frames
from .hearing import Flags, Integers
from .memory import Memory
from .networks import unit

SURENESS = 10.0
"""What a second of cosine counts on the path, against the price of a change."""
CHANGE = 2.0
"""The price of a change of speaker where nothing speaks for one."""
EASY = 0.6
"""The price where the track changes or a pause is."""
PAUSE = frames(0.3)
ROUNDS = 2
"""How often speakers' voices are taken anew from the moments that they were given."""
NEAR = frames(3.0)
"""Speech further from all moments is nobody's."""
AROUND = frames(5.0)
"""A second voice is that of another speaker within so many frames."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a turn."""

    onset: float
    overlap: float
    shortest: int
    """Frames that a turn has at least."""
    gap: int
    """Frames of silence that end it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody speaking, from one frame to another."""

    start: int
    end: int
    speaker: int


def follow(memory: Memory, speakers: Samples, since: int = 0) -> Integers:
    """For each moment from ``since`` on, the number of the speaker on the likeliest path."""
    return _path(memory, speakers, since)


def refined(memory: Memory, speakers: Samples) -> Integers:
    """As :func:`follow` over all moments, with each speaker's voice taken anew from what the path gave them."""
    for _ in range(ROUNDS):
        labels = _path(memory, speakers, 0)
        sums = memory.summed(labels, len(speakers))
        given = np.bincount(labels, minlength=len(speakers)) > 0
        speakers = unit(np.where(given[:, None], sums, speakers))
    return _path(memory, speakers, 0)


def _path(memory: Memory, speakers: Samples, since: int) -> Integers:
    at, tracks = memory.at(since), memory.tracks(since)
    count = len(at)
    if not count or len(speakers) == 1:
        return np.zeros(count, np.int64)
    worth = np.minimum(1, memory.seconds(since) / WINDOW) * SURENESS * MOMENT * FRAME / RATE
    gains = memory.likeness(speakers, since) * worth[:, None]
    easy = (np.diff(tracks) != 0) | (np.diff(at) - MOMENT > PAUSE)
    prices = np.where(easy, EASY, CHANGE)
    best = gains[0].astype(np.float64)
    came = np.zeros((count, len(speakers)), np.int16)
    stay = np.arange(len(speakers))
    for number in range(1, count):
        leader = int(best.argmax())
        changed = best[leader] - prices[number - 1]
        stays = best >= changed
        came[number] = np.where(stays, stay, leader)
        best = np.where(stays, best, changed) + gains[number]
    labels: Integers = np.zeros(count, np.int64)
    labels[-1] = best.argmax()
    for number in range(count - 1, 0, -1):
        labels[number - 1] = came[number, labels[number]]
    return labels


def stretches(memory: Memory, labels: Integers, since: int, first: int, rules: Rules) -> list[Stretch]:
    """Who speaks from frame ``first`` on, in the order of time; ``labels`` are of the moments from ``since`` on."""
    at = memory.at(since)
    speech = memory.speech(first) > rules.onset
    if not len(at) or not speech.any():
        return []
    times = np.arange(first, first + len(speech))
    nearest = _nearest(at, times)
    said = speech & (np.abs(times - at[nearest]) <= NEAR)
    speaking: Flags = np.zeros((int(labels.max()) + 1, len(times)), np.bool_)
    speaking[labels[nearest[said]], np.flatnonzero(said)] = True
    both = np.flatnonzero(said & (memory.overlap(first) > rules.overlap))
    second = _other(at, labels, nearest[both], times[both])
    known = second >= 0
    speaking[second[known], both[known]] = True
    found = [
        Stretch(first + start, first + end, speaker)
        for speaker, active in enumerate(speaking)
        for start, end in _runs(active, rules)
    ]
    return sorted(found, key=lambda stretch: (stretch.start, stretch.end, stretch.speaker))


def _nearest(at: Integers, times: Integers) -> Integers:
    """For each time the number of the moment nearest to it."""
    right = np.clip(np.searchsorted(at, times), 1, max(1, len(at) - 1)) if len(at) > 1 else np.zeros(len(times), int)
    left = np.maximum(right - 1, 0)
    return np.where(np.abs(times - at[left]) <= np.abs(at[right] - times), left, right)


def _other(at: Integers, labels: Integers, nearest: Integers, times: Integers) -> Integers:
    """For each time the speaker nearest to it who is not that of its nearest moment; -1 where nobody is near."""
    count = len(labels)
    begins = np.r_[0, np.flatnonzero(np.diff(labels)) + 1]
    run = np.searchsorted(begins, nearest, side="right") - 1
    before = begins[run] - 1
    behind = np.r_[begins[1:], count][run]
    far = np.iinfo(np.int64).max
    to_before = np.where(before >= 0, times - at[np.maximum(before, 0)], far)
    to_behind = np.where(behind < count, at[np.minimum(behind, count - 1)] - times, far)
    other = np.where(to_before <= to_behind, before, behind)
    near = np.minimum(to_before, to_behind) < AROUND
    return np.where(near, labels[np.clip(other, 0, count - 1)], -1)


def _runs(active: Flags, rules: Rules) -> list[tuple[int, int]]:
    """From where to where somebody is active, short gaps filled and short runs left out."""
    edges = np.flatnonzero(np.diff(np.r_[False, active, False].astype(np.int8))).tolist()
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if runs and start - runs[-1][1] < rules.gap:
            start = runs.pop()[0]
        runs.append((start, end))
    return [(start, end) for start, end in runs if end - start >= rules.shortest]


def last_pause(memory: Memory, frame: int, rules: Rules) -> int:
    """The end of the last silence before a frame that is long enough to end every turn; 0 where there is none."""
    loud = np.flatnonzero(memory.speech()[:frame] > rules.onset)
    pauses = np.flatnonzero(np.diff(loud) > max(rules.gap, 1))
    return int(loud[pauses[-1] + 1]) if len(pauses) else 0
