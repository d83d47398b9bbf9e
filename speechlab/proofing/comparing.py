"""What was written beside what was heard: where they differ, however numbers and compounds are spelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts as words, set beside each other."""

    words: int
    """Words that were written."""
    slips: tuple[Slip, ...]

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
    found = (_beside(spoken(text), way) for text in dict.fromkeys(written) for way in ways)
    return min(found, key=lambda one: one.rate)


def _beside(written: Sequence[str], heard: Sequence[str]) -> Comparison:
    from rapidfuzz.distance import Levenshtein

    ours, theirs = list(map(_letters, written)), list(map(_letters, heard))
    opcodes = Levenshtein.opcodes(ours, theirs)
    slips: list[Slip] = []
    for same, run in groupby(opcodes, lambda block: block.tag == "equal"):
        blocks = list(run)
        first, last = blocks[0], blocks[-1]
        one, other = slice(first.src_start, last.src_end), slice(first.dest_start, last.dest_end)
        if not same and "".join(ours[one]) != "".join(theirs[other]):  # else a compound, written as one word or two
            slips += _apart(written[one], heard[other])
    return Comparison(len(written), tuple(slips))


def _apart(written: Sequence[str], heard: Sequence[str]) -> Iterator[Slip]:
    """A stretch that differs, as one slip."""
    yield Slip(joined(written), joined(heard), max(len(written), len(heard)))


def _letters(word: str) -> str:
    """A word without the signs in it: ``well-known`` and ``don't`` are heard without them."""
    plain = unicodedata.normalize("NFC", word)
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LMN") or plain
