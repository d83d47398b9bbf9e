"""Terms through a translator unharmed: marks stand for them, which engines copy as they copy the name of a product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from .cutting import Cut
from .glossary import Terms

MARK = re.compile(r"[Xx] ?(\d+) ?[Xx]")
"""X7X: of twenty shapes that were tried on a neural engine, of the few that always came back."""

WORDS = re.compile(r"[^\W\d_](?:.*\w)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Protected:
    """A text in which marks stand for terms."""

    text: str
    terms: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """What was found, and what becomes of it, by the number in its mark."""

    def marks(self, piece: str) -> list[re.Match[str]]:
        """The marks in a piece of the text, or in its translation."""
        return [mark for mark in MARK.finditer(piece) if int(mark[1]) in self.terms] if self.terms else []

    def restored(self, piece: str, translated: str) -> str | None:
        """The translation with the terms in it; None unless each mark of the piece has come back just once.

        >>> held = protected("Ask Ada.", Terms({"Ada": ""}, "pt"))
        >>> held.text, held.restored(held.text, "Pergunte a X1X."), held.restored(held.text, "Pergunte a ela.")
        ('Ask X1X.', 'Pergunte a Ada.', None)
        """
        sent, back = self.marks(piece), self.marks(translated)
        if Counter(int(mark[1]) for mark in sent) != Counter(int(mark[1]) for mark in back):
            return None
        parts, at = [], 0
        for mark in back:
            parts += [translated[at : mark.start()], self._term(mark, first=not translated[: mark.start()].strip())]
            at = mark.end()
        return "".join(parts) + translated[at:]

    def around(self, piece: str) -> tuple[Cut, tuple[bool, ...]]:
        """The piece cut at its terms, and which of the cut's pieces are terms, which are not to be translated."""
        pieces: list[str] = []
        between, terms, at = [""], [], 0
        for mark in (*self.marks(piece), None):
            before, words, behind = _parted(piece[at : mark.start() if mark else len(piece)])
            between[-1] += before
            if words:
                pieces.append(words)
                between.append(behind)
                terms.append(False)
            if mark:
                pieces.append(self._term(mark, first=not pieces))
                between.append("")
                terms.append(True)
                at = mark.end()
        return Cut(tuple(pieces), tuple(between)), tuple(terms)

    def only_terms(self, piece: str) -> bool:
        """Whether nothing else is said in a piece."""
        return bool(self.marks(piece)) and all(self.around(piece)[1])

    def _term(self, mark: re.Match[str], *, first: bool) -> str:
        found, becomes = self.terms[int(mark[1])]
        capital = first and found[:1].isupper() and becomes == becomes.lower()
        return becomes[:1].upper() + becomes[1:] if capital else becomes


def _parted(text: str) -> tuple[str, str, str]:
    """The words of a text, and what stands before and behind them."""
    match = WORDS.search(text)
    return (text[: match.start()], match.group(), text[match.end() :]) if match else (text, "", "")


def protected(text: str, terms: Terms) -> Protected:
    """The text with marks for its terms."""
    if not (found := terms.found(text)):
        return Protected(text)
    taken = {int(mark[1]) for mark in MARK.finditer(text)}
    held: dict[int, tuple[str, str]] = {}
    parts, at, number = [], 0, 0
    for start, end, becomes in found:
        number += 1
        while number in taken:
            number += 1
        held[number] = (text[start:end], becomes)
        parts += [text[at:start], f"X{number}X"]
        at = end
    return Protected("".join(parts) + text[at:], held)
