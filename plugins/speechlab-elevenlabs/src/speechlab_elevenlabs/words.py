"""Timed words as the service tells them, made into segments that are sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from speechlab import Segment, Span, Word, sentences


def segments(told: Sequence[Any], language: str | None, within: Span) -> Iterator[Segment]:
    """The sentences of what was said, each with its words, inside the stretch that was heard.

    ``told`` are the service's words and the white space between them, their times counted from the stretch's start.
    """
    text = "".join(one.text or "" for one in told if one.type in ("word", "spacing"))
    words = iter([word(one, within) for one in told if one.type == "word" and (one.text or "").strip()])
    last = within.start
    for sentence in sentences(text, language):
        taken = []
        left = len("".join(sentence.split()))
        while left > 0 and (one := next(words, None)) is not None:
            left -= len("".join(one.text.split()))
            start = max(last, one.start)
            last = max(start, one.end)
            taken.append(Word(start, last, text=one.text, confidence=one.confidence))
        if taken:
            plain = sentence.strip() if left == 0 else " ".join(one.text for one in taken)
            yield Segment(taken[0].start, last, text=plain, language=language, words=tuple(taken))


def word(told: Any, within: Span) -> Word:
    """One word, inside the stretch that was heard."""
    start = min(max(within.start, within.start + float(told.start or 0.0)), within.end)
    end = min(max(start, within.start + float(told.end or 0.0)), within.end)
    likely = None if told.logprob is None else min(1.0, math.exp(min(0.0, told.logprob)))
    return Word(start, end, text=told.text.strip(), confidence=likely)
