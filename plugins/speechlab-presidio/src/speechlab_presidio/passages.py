"""Texts that follow each other in one sentence, read as one passage; what is found in it goes back to each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

ENDS = re.compile(r"""[.!?…。！？｡।॥؟۔][\"'”’»)\]]*\s*$""")  # noqa: RUF001
LONGEST = 2000
"""Characters beyond which a passage ends wherever it is."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some texts in one language, one after the other."""

    language: str
    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    """Which of all the texts they are."""

    @property
    def text(self) -> str:
        """As one, with a space between."""
        return " ".join(self.texts)

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The characters [start, end) of the passage as those of its texts: the number of each, from where to where."""
        at = 0
        for number, text in zip(self.numbers, self.texts, strict=True):
            first, last = max(start, at) - at, min(end, at + len(text)) - at
            if first < last and text[first:last].strip():
                yield number, first, last
            at += len(text) + 1


def passages(texts: Sequence[str], languages: Iterable[str]) -> Iterator[Passage]:
    """The texts as passages: a text goes on where the one before, in the same language, ended no sentence."""
    run: list[int] = []
    before = ""
    for number, language in enumerate(languages):
        length = sum(len(texts[one]) for one in run)
        if run and (language != before or ENDS.search(texts[run[-1]]) or length > LONGEST):
            yield Passage(before, tuple(texts[one] for one in run), tuple(run))
            run = []
        run.append(number)
        before = language
    if run:
        yield Passage(before, tuple(texts[one] for one in run), tuple(run))
