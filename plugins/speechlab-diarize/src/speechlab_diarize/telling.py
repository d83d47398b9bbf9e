"""What a listener was told, and what to tell now so that it is right: names and ids stay, only what changed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from speechlab import Turn, TurnUpdate

from .hearing import Integers
from .labelling import Stretch


def called(speaker: int) -> str:
    """What a speaker goes by."""
    return f"Speaker {speaker + 1}"


class Names:
    """Speakers' names, given in the order in which they first speak, and kept when they are found anew."""

    def __init__(self) -> None:
        self._at: Integers = np.zeros(0, np.int64)
        self._named: Integers = np.zeros(0, np.int64)
        """The number of the name that each of these frames' speaker was told by."""
        self._count = 0

    def match(self, at: Integers, labels: Integers, speakers: int) -> list[int]:
        """The number of each speaker's name, from the frames ``at`` which they speak: the one they share most with."""
        _, then, now = np.intersect1d(self._at, at, assume_unique=True, return_indices=True)
        shared = np.zeros((speakers, self._count), np.int64)
        np.add.at(shared, (labels[now], self._named[then]), 1)
        found = [-1] * speakers
        for _ in range(min(shared.shape)):
            speaker, name = divmod(int(shared.argmax()), self._count)
            if shared[speaker, name] < 1:
                break
            found[speaker] = name
            shared[speaker], shared[:, name] = -1, -1
        first = {int(label): number for number, label in reversed(list(enumerate(labels)))}
        for speaker in sorted(range(speakers), key=lambda speaker: first.get(speaker, len(labels))):
            if found[speaker] < 0 and speaker in first:
                found[speaker] = self._count
                self._count += 1
        return found

    def keep(self, at: Integers, named: Integers) -> None:
        """What was told: of the frames from the first of these on, nothing else holds."""
        before = self._at < (at[0] if len(at) else np.inf)
        self._at = np.concatenate([self._at[before], at])
        self._named = np.concatenate([self._named[before], named])


class Turns:
    """The turns told so far, each under an id of its own."""

    def __init__(self, place: Callable[[Stretch], tuple[float, float]]) -> None:
        """``place`` tells where on the timeline a stretch lies."""
        self._place = place
        self._told: dict[str, tuple[Stretch, Turn]] = {}
        self._withdrawn: dict[str, Turn] = {}

    def tell(self, stretches: Iterable[Stretch], since: int) -> list[TurnUpdate]:
        """The updates after which what is told from frame ``since`` on is this. What is gone becomes an empty turn."""
        old = {id: stretch for id, (stretch, _) in self._told.items() if stretch.end > since}
        new = list(stretches)
        ids = _matched(old, new)
        updates = []
        for id in old.keys() - set(ids.values()):
            _, turn = self._told.pop(id)
            self._withdrawn[id] = gone = Turn(turn.start, turn.start, speaker=turn.speaker, id=id)
            updates.append(gone)
        for number, stretch in enumerate(new):
            start, end = self._place(stretch)
            id = ids.get(number) or self._new(start)
            turn = Turn(start, end, speaker=called(stretch.speaker), id=id)
            if id not in self._told or self._told[id][1] != turn:
                updates.append(turn)
            self._told[id] = stretch, turn
        return [TurnUpdate(turn=turn, final=False) for turn in sorted(updates)]

    def settle(self) -> list[TurnUpdate]:
        """Everything once more, for good."""
        turns = [*(turn for _, turn in self._told.values()), *self._withdrawn.values()]
        return [TurnUpdate(turn=turn) for turn in sorted(turns)]

    def _new(self, start: float) -> str:
        stem = f"t{round(start * 1000):08d}"
        id, again = stem, 1
        while id in self._told or id in self._withdrawn:
            again += 1
            id = f"{stem}-{again}"
        return id


def _matched(old: dict[str, Stretch], new: list[Stretch]) -> dict[int, str]:
    """Which of the new stretches is which of the old ones: those that share most time, the same speaker's first."""
    shared = []
    waiting = sorted(old.items(), key=lambda item: item[1].start, reverse=True)
    near: list[tuple[str, Stretch]] = []
    for number, now in sorted(enumerate(new), key=lambda item: item[1].start):
        while waiting and waiting[-1][1].start < now.end:
            near.append(waiting.pop())
        near = [(id, then) for id, then in near if then.end > now.start]
        for id, then in near:
            time = min(then.end, now.end) - max(then.start, now.start)
            shared.append((-time * (2 if then.speaker == now.speaker else 1), number, id))
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for time, number, id in sorted(shared):
        if time < 0 and number not in ids and id not in taken:
            ids[number] = id
            taken.add(id)
    return ids
