# ruff: noqa: RUF001  (the punctuation of many scripts)
"""Cut a run of timed words into sentences: at full stops and pauses, and inside a sentence that has no end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speechlab import Word

LONGEST = 15.0
"""Seconds after which a sentence is cut at its longest pause, with a comma worth some of it."""
PAUSE = 1.0
"""Seconds of silence between two words that end a sentence without a full stop."""
COMMA = 0.5
"""Seconds of pause that a comma is worth."""
STOPS = frozenset(".!?。！？…।؟۔።։")
COMMAS = frozenset(",;:，、；：،؛—–")
CLOSING = "\"'”’»)]}」』】）"
OPENING = "\"'“‘«([{「『【（¿¡-–—"
TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "sr", "sra", "srta", "mme", "mlle", "hr", "fr", "vs"})
"""What a full stop may follow without ending the sentence."""


def sentences(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words, in runs that each make a sentence; together they are all the words, in order."""
    first = 0
    for last in range(1, len(words) + 1):
        if last == len(words) or ends(words[last - 1], words[last]):
            yield from _short(words[first:last])
            first = last


def ends(word: Word, following: Word) -> bool:
    """Whether a sentence ends between the two words."""
    if following.start - word.end >= PAUSE:
        return True
    text, next_text = word.text.strip().rstrip(CLOSING), following.text.strip().lstrip(OPENING)
    if not text or text[-1] not in STOPS or next_text[:1].islower():
        return False
    stem = text.rstrip(".").lstrip(OPENING)
    return not text.endswith(".") or not (stem.lower() in TITLES or (len(stem) == 1 and stem.isupper()))


def _short(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The same words, cut again and again until no run is longer than it should be."""
    if len(words) < 2 or words[-1].end - words[0].start <= LONGEST:
        yield words
        return
    cut = max(range(1, len(words)), key=lambda i: (_worth(words, i), -i))
    yield from _short(words[:cut])
    yield from _short(words[cut:])


def _worth(words: Sequence[Word], i: int) -> float:
    """How good a cut before word ``i`` is: its pause, less the more lopsided the halves are."""
    before, after = words[i - 1], words[i]
    pause = after.start - before.end + COMMA * (before.text.strip()[-1:] in COMMAS)
    start, end = words[0].start, words[-1].end
    return pause - abs((before.end + after.start) / 2 - (start + end) / 2) / (end - start)
