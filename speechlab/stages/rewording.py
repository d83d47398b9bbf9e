"""Another text for a segment, under which its words keep their times: those that stay exactly, others by share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from ..types import Segment, Span, Word
from ..types.entities import anew
from .guard import said
from .wording import parts


def reworded(segment: Segment, text: str) -> Segment:
    """The segment with another text.

    A word that is still there keeps its time and confidence, whatever became of its case and punctuation. Words that
    others stand for ("23" for "twenty three") share the time of those, and are as sure as the least sure of them. What
    was told of the old text (entities, sentiment) is dropped.
    """
    words = tuple(_words(list(_units(segment.words)), _tokens(text))) if segment.words else ()
    return replace(segment, text=text, words=words, extra=anew(segment.extra))


def _units(words: Iterable[Word]) -> Iterator[Word]:
    """The words; one that is several characters of a script without spaces, as so many words."""
    for word in words:
        texts = _tokens(word.text)
        step = word.duration / max(1, len(texts))
        for number, text in enumerate(texts):
            end = word.end if number + 1 == len(texts) else word.start + (number + 1) * step
            yield replace(word, start=word.start + number * step, end=end, text=text)


def _tokens(text: str) -> list[str]:
    """The words of a text; where no spaces are written, the characters, each with the punctuation behind it."""
    tokens: list[str] = []
    for part in parts(text):
        if tokens and not part.isascii() and not any(character.isalnum() for character in part):
            tokens[-1] += part
        else:
            tokens.append(part)
    return tokens


def _words(old: Sequence[Word], new: Sequence[str]) -> Iterator[Word]:
    if [word.text for word in old] == list(new):
        yield from old
        return
    matcher = SequenceMatcher(None, [_key(word.text) for word in old], [_key(text) for text in new], autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what == "equal":
            for word, text in zip(old[first:last], new[begin:end], strict=True):
                yield replace(word, text=text)
        elif first < last:
            yield from _shared(old[first:last], new[begin:end])
        else:
            at = old[first - 1].end if first else old[0].start
            at = min(at, old[first].start) if first < len(old) else at
            speaker = old[max(0, first - 1)].speaker
            yield from (Word(at, at, text=text, speaker=speaker) for text in new[begin:end])


def _shared(old: Sequence[Word], new: Sequence[str]) -> Iterator[Word]:
    """New words in the time of the old ones, shared by their characters."""
    whole = Span(old[0].start, max(word.end for word in old))
    known = [word.confidence for word in old if word.confidence is not None]
    total = sum(len(text) for text in new)
    done = 0
    for text in new:
        start, done = whole.start + whole.duration * done / total, done + len(text)
        end = whole.end if done == total else whole.start + whole.duration * done / total
        yield Word(start, max(start, end), text=text, confidence=min(known, default=None), speaker=old[0].speaker)


def _key(text: str) -> str:
    """What makes a word the same word: neither case nor punctuation."""
    return " ".join(said(text)) or text
