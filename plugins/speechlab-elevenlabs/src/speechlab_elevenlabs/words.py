"""Timed words as the service tells them, made into segments that are sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from speechlab import Segment, Span, Word, sentences


def segments(text: str, told: Sequence[Any], language: str | None, within: Span) -> Iterator[Segment]:
    """The sentences of a text, each with its words, inside the stretch that was heard.

    ``told`` are the service's words and the white space between them, their times counted from the stretch's start. It
    is they who count where the text should not be theirs.
    """
    words = [word(one, within) for one in told if one.type == "word" and (one.text or "").strip()]
    if _solid(text) != "".join(_solid(one.text) for one in words):
        text = " ".join(one.text for one in words)
    first, last = 0, within.start
    for sentence in sentences(text, language):
        taken: list[Word] = []
        left = len(_solid(sentence))
        for one in words[first:]:
            if left <= 0:
                break
            left -= len(_solid(one.text))
            start = max(last, one.start)
            last = max(start, one.end)
            taken.append(replace(one, start=start, end=last))
        first += len(taken)
        if taken:
            plain = sentence.strip() if not left else " ".join(one.text for one in taken)
            yield Segment(taken[0].start, last, text=plain, language=language, words=tuple(taken))


def word(told: Any, within: Span) -> Word:
    """One word, inside the stretch that was heard."""
    start = min(max(within.start, within.start + float(told.start or 0.0)), within.end)
    end = min(max(start, within.start + float(told.end or 0.0)), within.end)
    likely = None if told.logprob is None else min(1.0, math.exp(min(0.0, told.logprob)))
    return Word(start, end, text=told.text.strip(), confidence=likely)


def _solid(text: str) -> str:
    """The text without its white space."""
    return "".join(text.split())
