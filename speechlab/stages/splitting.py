"""Segments cut into their sentences, at the times of words; never inside of one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ..types import Segment, Word
from ..types.entities import cut

GONE = "withdrawn, as its sentence ends elsewhere"
"""What is noted of a sentence that is none any more."""


class Splitting:
    """Names the sentences of segments: the first keeps the segment's id, which the others' begin with.

    A segment that is told again has its sentences under the same names.
    """

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._told: dict[str, list[Segment]] = {}
        self._taken: set[str] = set()

    def knows(self, segment: Segment) -> None:
        """No sentence may have the name of this segment."""
        self._taken.add(segment.id)

    def of(self, segment: Segment, sentences: Sequence[str]) -> list[Segment]:
        """What to tell in place of the segment; nothing where it is one sentence and nothing was told of it before."""
        pieces = [replace(part, id=name) for part, name in self._named(segment, parted(segment, sentences))]
        before, self._told[segment.id] = self._told.get(segment.id, []), pieces
        gone = [part.noting(suspect=GONE) for part in before[len(pieces) :]]
        return [*pieces, *gone] if before or len(pieces) > 1 else []

    def _named(self, segment: Segment, parts: Sequence[Segment]) -> list[tuple[Segment, str]]:
        names = self._names.setdefault(segment.id, [segment.id])
        number = len(names)
        while len(names) < len(parts):
            number += 1
            if (name := f"{segment.id}_{number}") not in self._taken:
                self._taken.add(name)
                names.append(name)
        return list(zip(parts, names, strict=False))


def parted(segment: Segment, sentences: Sequence[str]) -> list[Segment]:
    """The segment as one for each sentence. Sentences that the text does not hold in this order leave it whole; where
    one seems to end inside of a word, it ends behind that word."""
    borders = _borders(segment.text, sentences)
    words = _places(segment)
    if not borders or (segment.words and words is None):
        return [segment]
    if words is not None:
        borders = _behind_words(borders, words)
    edges = [0, *borders, len(segment.text)]
    spans = pairwise(edges)
    made: list[Segment] = []
    for first, last in spans:
        own = [word for word, place, _ in words or () if first <= place < last]
        start, end = _time(segment, first, last, own)
        start = max(start, made[-1].end) if made and not own else start
        text = segment.text[first:last]
        lead = first + len(text) - len(text.lstrip())
        made.append(
            replace(
                segment,
                start=segment.start if first == 0 else start,
                end=segment.end if last == len(segment.text) else max(start, end),
                text=text.strip(),
                words=tuple(own),
                extra=cut(segment.extra, lead, lead + len(text.strip())),
            )
        )
    return made


def _borders(text: str, sentences: Sequence[str]) -> list[int]:
    """Where each sentence but the first begins; empty where the text is another."""
    starts, at = [], 0
    for sentence in sentences:
        bare = sentence.strip()
        if not bare:
            continue
        found = text.find(bare, at)
        if found < 0 or text[at:found].strip():
            return []
        starts.append(found)
        at = found + len(bare)
    return [] if text[at:].strip() else starts[1:]


def _places(segment: Segment) -> list[tuple[Word, int, int]] | None:
    """Each word with its characters in the text; None where they are not all there, or there are none."""
    places, at = [], 0
    for word in segment.words:
        bare = word.text.strip()
        found = segment.text.find(bare, at)
        if found < 0:
            return None
        at = found + len(bare)
        places.append((word, found, at))
    return places or None


def _behind_words(borders: Sequence[int], words: Sequence[tuple[Word, int, int]]) -> list[int]:
    """The borders, moved to where the next word begins; one without a word between it and the next vanishes."""
    begins = [place for _, place, _ in words]
    moved: list[int] = []
    for border in borders:
        following = bisect_right(begins, border - 1)
        if following in (0, len(begins)):
            continue
        if begins[following] not in moved:
            moved.append(begins[following])
    return moved


def _time(segment: Segment, first: int, last: int, own: Sequence[Word]) -> tuple[float, float]:
    """From the first word to the last; without words, the share of the segment's time that the characters have."""
    if own:
        return own[0].start, max(own[0].start, max(word.end for word in own))
    scale = segment.duration / len(segment.text)
    return segment.start + first * scale, segment.start + last * scale
