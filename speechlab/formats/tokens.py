"""Text as tokens with times: what a line may not cut. Words; in scripts without spaces, single characters."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from ..types import Segment, Span, Word
from ..types.scripts import spaceless
from .text import BREAKABLE, SENTENCE_ENDS

SENTENCE, CLAUSE, WORD, INSIDE = 0.0, 0.3, 1.5, 2.5
"""How bad it is to break off after a token, from the end of a sentence to the inside of a word."""

_CLAUSE_ENDS = tuple(",;:、，；：､،؛፣၊—–")  # noqa: RUF001
_OPENERS = "「『（【〈《〔［｛｢“‘(["  # noqa: RUF001
_CLOSERS = "\"'”’»›)]}」』）】〉》〕］｝｣"  # noqa: RUF001
_SMALL_KANA = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶゝゞヽヾ々ーｰ"
_VOWELS_AFTER, _VOWELS_BEFORE = "ะาำๅๆฯະາຳໆ", "เแโใไເແໂໃໄ"
_NEVER_FIRST = frozenset(_CLOSERS + _SMALL_KANA + _VOWELS_AFTER + "、。，．！？：；・～…‥｡､་།")  # noqa: RUF001
_NEVER_LAST = frozenset(_OPENERS + _VOWELS_BEFORE)
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "jr", "vs", "sr", "sra", "hr", "fr", "mme", "bzw"})
_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf"})
_ATTACHED = frozenset({"Mn", "Me", "Mc", "Cf", "Sk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Span):
    """A stretch of text that stays whole, and when it is spoken."""

    text: str
    segment: Segment
    spaced: bool
    """Whether a space stands before it, unless it begins a line."""
    stop: float = WORD
    """How bad a break after it is."""
    speaker: str | None = None
    name: bool = False
    """Whether it is part of the speaker's name, written before the text."""


def with_name(token: Token) -> list[Token]:
    """The token, after the name of who speaks it."""
    name = replace(token, end=token.start, stop=INSIDE, name=True)
    pieces = _pieces(f"{token.speaker}:")
    return [*(replace(name, text=text, spaced=spaced) for text, spaced in pieces), replace(token, spaced=True)]


def tokens(segment: Segment) -> list[Token]:
    """The text of a segment as tokens, with the times of its words, else with its own time shared by characters.

    Where the text is not what the words say (it was edited, or is a translation), the words' rhythm is kept: so far
    into the text is so far into the words.
    """
    pieces = list(_pieces(segment.text))
    if not pieces:
        return []
    clock = _Clock(segment)
    ends = list(accumulate(len(text) for text, _ in pieces))
    scale = clock.size / ends[-1]
    exact = "".join(text for text, _ in pieces) == clock.text
    spans = [clock.span(start * scale, end * scale) for start, end in pairwise([0, *ends])]
    starts = list(accumulate((start for start, _ in spans), max))
    made: list[Token] = []
    for index, (text, spaced) in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else ("", True)
        border = following[1] or (exact and ends[index] in clock.borders)
        ceiling = starts[index + 1] if index + 1 < len(starts) else segment.end
        made.append(
            Token(
                start=starts[index],
                end=max(starts[index], min(spans[index][1], ceiling)),
                text=text,
                segment=segment,
                spaced=spaced,
                stop=_stop(text, following[0], WORD if border else INSIDE),
                speaker=clock.speaker(ends[index] * scale),
            )
        )
    return made


def width(text: str) -> int:
    """Columns that a text takes where letters are as wide as each other: wide characters two, marks none.

    >>> width("né"), width("日本"), width("e\\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


class _Clock:
    """The time of each character, as the words of a segment tell it; a segment without words is one long word."""

    def __init__(self, segment: Segment) -> None:
        told = [(BREAKABLE.sub("", word.text), word) for word in segment.words]
        self._words = [word for text, word in told if text]
        self.text = "".join(text for text, _ in told)
        sizes = [len(text) for text, _ in told if text]
        if not self._words:
            self._words, sizes = [Word(start=segment.start, end=segment.end, text=segment.text)], [1]
        self._ends = list(accumulate(sizes))
        self._sizes = sizes
        self._segment = segment
        self.size = self._ends[-1]
        self.borders = frozenset(self._ends)

    def span(self, start: float, end: float) -> tuple[float, float]:
        """When the characters between two positions are spoken."""
        first = min(bisect_right(self._ends, start), len(self._ends) - 1)
        return self._time(first, start), self._time(self._holding(end), end)

    def speaker(self, end: float) -> str | None:
        """Who speaks the characters before a position."""
        return self._words[self._holding(end)].speaker or self._segment.speaker or None

    def _holding(self, end: float) -> int:
        return min(bisect_left(self._ends, end), len(self._ends) - 1)

    def _time(self, index: int, position: float) -> float:
        word, size = self._words[index], self._sizes[index]
        part = min(1.0, max(0.0, 1 - (self._ends[index] - position) / size))
        time = word.end if part == 1 else word.start + part * word.duration
        return min(max(float(time), self._segment.start), self._segment.end)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The tokens of a text, each with whether a space stands before it."""
    for chunk in BREAKABLE.split(text):
        spaced = True
        for piece in _units(chunk):
            yield piece, spaced
            spaced = False


def _units(chunk: str) -> Iterator[str]:
    """A chunk without spaces, cut between characters wherever its script allows it."""
    if chunk.isascii():
        if chunk:
            yield chunk
        return
    begin = 0
    for index, (before, after) in enumerate(pairwise(chunk), start=1):
        if _may_break(before, after):
            yield chunk[begin:index]
            begin = index
    yield chunk[begin:]


def _may_break(before: str, after: str) -> bool:
    if not (spaceless(before) or spaceless(after)):
        return False
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if unicodedata.category(after) in _ATTACHED or unicodedata.category(before) == "Cf":
        return False
    return unicodedata.combining(before) != 9  # a virama joins what follows it


def _stop(text: str, following: str, otherwise: float) -> float:
    bare = text.rstrip(_CLOSERS)
    if bare.endswith(SENTENCE_ENDS) and not _goes_on(bare, following):
        return SENTENCE
    return CLAUSE if bare.endswith(_CLAUSE_ENDS) else otherwise


def _goes_on(bare: str, following: str) -> bool:
    """Whether a full stop belongs to an abbreviation: "Dr. Who", "J. S. Bach", "e.g. this"."""
    stem = bare.rstrip(".").lstrip(_OPENERS)
    initial = bare[-1] == "." and len(stem) == 1 and stem.isupper()
    return initial or stem.lower() in _TITLES or following[:1].islower()


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
