"""What was written beside what was heard: where they differ, however numbers and compounds are spelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ..matching import spoken
from ..types.scripts import joined


@dataclass(frozen=True, slots=True)
class Slip:
    """Words that came back otherwise."""

    written: str
    """Empty where something was heard that is not in the text."""
    heard: str
    """Empty where nothing was heard of what is in the text."""
    words: int
    """Word errors that it counts for."""

    def __str__(self) -> str:
        if not self.heard:
            return f"{self.written!r} was not heard"
        return f"{self.written!r} was heard as {self.heard!r}" if self.written else f"{self.heard!r} was heard besides"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts as words, set beside each other."""

    words: int
    """Words that were written."""
    slips: tuple[Slip, ...]
    letters: float
    """Letter error rate: that of all letters, without the spaces between them. What is only spelt otherwise hardly
    counts, and what was said otherwise does."""

    @property
    def errors(self) -> int:
        """Words to change, leave out and put in so that what was heard becomes what was written."""
        return sum(slip.words for slip in self.slips)

    @property
    def rate(self) -> float:
        """Word error rate: 0 where all came back; above 1 where far more was heard than is written."""
        return self.errors / max(1, self.words)


def compared(written: Iterable[str], heard: Iterable[str]) -> Comparison:
    """The ways to write a text beside the ways to write what was heard, such as with digits and with numbers as words:
    the two that are most alike.

    >>> compared(["At the river bank, at 7."], ["at the riverbank at liver"]).slips
    (Slip(written='7', heard='liver', words=1),)
    """
    ways = [spoken(text) for text in dict.fromkeys(heard)]
    found = [_beside(spoken(text), way) for text in dict.fromkeys(written) for way in ways]
    return replace(min(found, key=lambda one: one.rate), letters=min(one.letters for one in found))


def _beside(written: Sequence[str], heard: Sequence[str]) -> Comparison:
    from rapidfuzz.distance import Levenshtein

    ours, theirs = list(map(_letters, written)), list(map(_letters, heard))
    slips: list[Slip] = []
    for same, run in groupby(Levenshtein.opcodes(ours, theirs), lambda block: block.tag == "equal"):
        blocks = list(run)
        first, last = blocks[0], blocks[-1]
        one, other = slice(first.src_start, last.src_end), slice(first.dest_start, last.dest_end)
        if same or "".join(ours[one]) == "".join(theirs[other]):  # a compound, written as one word or as two
            continue
        count = max(one.stop - one.start, other.stop - other.start)
        slips.append(Slip(joined(written[one]), joined(heard[other]), count))
    letters, back = "".join(ours), "".join(theirs)
    return Comparison(len(written), tuple(slips), Levenshtein.distance(letters, back) / max(1, len(letters)))


def _letters(word: str) -> str:
    """A word without the signs in it: ``well-known`` and ``don't`` are heard without them."""
    plain = unicodedata.normalize("NFC", word)
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN") or plain
