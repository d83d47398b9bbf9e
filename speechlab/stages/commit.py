"""When a word that is still being said may count as said: commit policies for engines that cannot stream.

Each looks at the hypotheses for one utterance in their order, and tells how many words of the newest will not be
changed any more. Which one suits an engine is measured by ``speechlab live-bench``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from ..types import Word

Commit = Literal["local-agreement", "time-stable", "final-at-silence"]
STABLE = 1.0
"""Seconds of sound over which a word must stand unchanged to count as stable."""


class CommitPolicy(Protocol):
    """Looks at one utterance."""

    def settled(self, words: Sequence[Word], heard: float) -> int:
        """How many of the words, from the first, are certain; ``heard`` is where the sound ended, in seconds."""


class LocalAgreement:
    """What two hypotheses in a row agree on, from the first word (LocalAgreement-2: Liu et al., Interspeech 2020;
    Macháček et al., IJCNLP-AACL 2023, for Whisper)."""

    def __init__(self) -> None:
        self._last: list[str] = []

    def settled(self, words: Sequence[Word], heard: float) -> int:
        now = [bare(word.text) for word in words]
        last, self._last = self._last, now
        return common(last, now)


class TimeStable:
    """What stands unchanged, with all before it, while ``seconds`` of sound went by."""

    def __init__(self, seconds: float = STABLE) -> None:
        self._seconds = seconds
        self._since: list[tuple[str, float]] = []

    def settled(self, words: Sequence[Word], heard: float) -> int:
        now = [bare(word.text) for word in words]
        same = common([text for text, _ in self._since], now)
        self._since = self._since[:same] + [(text, heard) for text in now[same:]]
        return sum(heard - since >= self._seconds for _, since in self._since)


class FinalAtSilence:
    """Nothing, until the utterance is over."""

    def settled(self, words: Sequence[Word], heard: float) -> int:
        return 0


POLICIES: Mapping[Commit, Callable[[], CommitPolicy]] = {
    "local-agreement": LocalAgreement,
    "time-stable": TimeStable,
    "final-at-silence": FinalAtSilence,
}


def bare(text: str) -> str:
    """A word as it sounds: without case, and without the punctuation that a recognizer changes its mind about.

    >>> bare(" Hello,"), bare("don't"), bare("…")
    ('hello', "don't", '…')
    """
    kept = [i for i, character in enumerate(text) if unicodedata.category(character)[0] not in "PSZ"]
    return text[kept[0] : kept[-1] + 1].casefold() if kept else text.strip()


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def onto(committed: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """A hypothesis with the words that are committed at its start, whatever it has in their place.

    Where it spells the same words, its spelling is taken: case and punctuation are settled in the end. Else what
    stands in their place is what takes the fewest changes to become them.
    """
    sound, heard = [bare(word.text) for word in committed], [bare(word.text) for word in words]
    if heard[: len(sound)] == sound:
        return list(words)
    return [*committed, *words[covering(sound, heard) :]]


def covering(committed: Sequence[str], heard: Sequence[str]) -> int:
    """How many words of ``heard``, from its start, are nearest to ``committed`` (Levenshtein distance).

    >>> covering(["so", "we", "go"], ["and", "so", "we", "go", "home"]), covering(["a", "b"], [])
    (4, 0)
    """
    row = list(range(len(heard) + 1))
    for number, word in enumerate(committed, 1):
        before, row = row, [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return min(range(len(row)), key=lambda place: (row[place], abs(place - len(committed))))
