"""Text as tokens with times: what a line may not cut. Words; in scripts without spaces, what may be cut least."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from ..types import Segment, Span, Word
from ..types.scripts import spaceless
from .phrases import phrase_ends, words_are_whole
from .text import BREAKABLE, DASHES, SENTENCE_ENDS

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
PAUSE = 0.3
"""Seconds of silence in the speech that no word of a translation goes across."""
_LONGEST_WORD = 20
"""Characters after which a word that ought to stay whole is cut all the same, since nothing else would end it."""
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
    language: str | None = None
    """The language of the text, where it is known."""
    name: bool = False
    """Whether it is part of the speaker's name, written before the text."""
    begins: bool = False
    """Whether it begins a line in any case, since another person speaks from there."""


def with_name(token: Token) -> list[Token]:
    """The token, after the name of who speaks it."""
    name = replace(token, end=token.start, stop=INSIDE, name=True)
    pieces = _pieces(f"{token.speaker}:", None)
    return [*(replace(name, text=one.text, spaced=one.spaced) for one in pieces), replace(token, spaced=True)]


def tokens(segment: Segment, language: str | None = None, rhythm: Sequence[Word] = ()) -> list[Token]:
    """The text of a segment as tokens, with the times of its words, else with its own time shared by characters.

    ``language`` holds where the segment does not tell. ``rhythm`` are the words to go by where it has none: those of
    what it translates. Where the text is not what the words say (it was edited, or is a translation), their rhythm is
    kept: so far into the text is so far into the words.
    """
    language = segment.language or language
    pieces = list(_pieces(segment.text, language))
    if not pieces:
        return []
    clock = _Clock(segment, segment.words or rhythm)
    ends = list(accumulate(len(piece.text) for piece in pieces))
    scale = clock.size / ends[-1]
    exact = "".join(piece.text for piece in pieces) == clock.text
    span = clock.span if exact else clock.unbroken
    spans = [span(start * scale, end * scale) for start, end in pairwise([0, *ends])]
    starts = list(accumulate((start for start, _ in spans), max))
    made: list[Token] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].text if index + 1 < len(pieces) else ""
        border = piece.whole or (piece.whole is None and exact and ends[index] in clock.borders)
        ceiling = starts[index + 1] if index + 1 < len(starts) else segment.end
        made.append(
            Token(
                start=starts[index],
                end=max(starts[index], min(spans[index][1], ceiling)),
                text=piece.text,
                segment=segment,
                spaced=piece.spaced,
                stop=_stop(piece.text, following, WORD if border else INSIDE),
                speaker=clock.speaker(ends[index] * scale),
                language=language,
                begins=piece.begins,
            )
        )
    return made


def width(text: str) -> int:
    """Columns that a text takes where letters are as wide as each other: wide characters two, marks none.

    >>> width("né"), width("日本"), width("e\\u0301")
    (2, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


@dataclass(frozen=True, slots=True)
class _Piece:
    """The text of a token."""

    text: str
    spaced: bool
    whole: bool | None
    """Whether a word or phrase ends with it; None where only an engine's words could tell."""
    begins: bool = False


class _Clock:
    """The time of each character, as the words of a segment tell it; a segment without words is one long word."""

    def __init__(self, segment: Segment, words: Sequence[Word]) -> None:
        told = [(BREAKABLE.sub("", word.text), word) for word in words]
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

    def unbroken(self, start: float, end: float) -> tuple[float, float]:
        """The same for characters that are only about there: a pause among them is left to one side."""
        first, last = min(bisect_right(self._ends, start), len(self._ends) - 1), self._holding(end)
        pause = max(range(first, last), key=self._pause, default=first)
        if first >= last or self._pause(pause) < PAUSE:
            return self.span(start, end)
        border = self._ends[pause]
        return self.span(start, border) if start + end <= 2 * border else self.span(border, end)

    def _pause(self, index: int) -> float:
        """Seconds between a word and the next."""
        return float(self._words[index + 1].start - self._words[index].end)

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


def _pieces(text: str, language: str | None) -> Iterator[_Piece]:
    """The tokens of a text, each with whether a space stands before it."""
    told = False
    for line in text.split("\n"):
        begins = told and line.lstrip().startswith(DASHES)
        for chunk in BREAKABLE.split(line):
            spaced = True
            for piece, whole in _units(chunk, language):
                yield _Piece(piece, spaced, whole, begins)
                told, spaced, begins = True, False, False


def _units(chunk: str, language: str | None) -> Iterator[tuple[str, bool | None]]:
    """A chunk without spaces, cut wherever its script allows it; and whether a phrase ends there."""
    places = [
        place for place in range(1, len(chunk)) if not chunk.isascii() and _may_break(*chunk[place - 1 : place + 1])
    ]
    ends = phrase_ends(chunk, language) if places else None
    begin = 0
    for place in places:
        whole = None if ends is None else place in ends
        if whole is False and words_are_whole(chunk[place - 1]) and place - begin < _LONGEST_WORD:
            continue
        yield chunk[begin:place], whole
        begin = place
    if chunk:
        yield chunk[begin:], True


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
