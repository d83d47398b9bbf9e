"""Text cut into what a model can translate at once, and what must go around it to come out whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .tokens import Tokens

LONGEST = 150
"""Tokens that a model is given at once: of more it would leave out a part, or stop in the middle."""
CHARACTERS = 12
"""More than a token has on average; what is longer is cut without counting."""
UNSEEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\ufeff\ud800-\udfff]")
"""Control characters, halves of surrogate pairs, marks that show nothing: no part of any language."""
LINE = re.compile(r"([\r\n\x0b\x0c\x85\u2028\u2029]+)")
JOINED = "\u200d\ufe0f\u20e3\U000e0020-\U000e007f"
"""What makes one emoji of several."""
ENDS = (
    re.compile(r"[.!?…。！？؟।]+[\s\"'»”’)\]]*"),  # noqa: RUF001
    re.compile(r"[,;:)\]»”–—、，；：،]+\s*"),  # noqa: RUF001
    re.compile(r"\s+"),
)
"""Where a text is cut that is too long, the best places first: between sentences, clauses, words."""


@dataclass(frozen=True)
class Piece:
    """Some text; its tokens, unless it is to stay as it is."""

    text: str
    tokens: tuple[str, ...] = ()


class Cutter:
    """Cuts by the tokens of one model."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._known: dict[str, bool] = {}

    def __call__(self, text: str) -> Iterator[Piece]:
        """The pieces; joined, they are the text, but for what nobody sees.

        What goes around the model: white space, line ends, what has no letters, and signs, emoji and words in letters
        that it has no tokens for, so that it could only drop them or make something up.
        """
        text = UNSEEN.sub("", text)
        at = 0
        for kept in re.finditer(self._around(text), text):
            yield from self._trimmed(text[at : kept.start()])
            yield Piece(kept[0])
            at = kept.end()
        yield from self._trimmed(text[at:])

    def _around(self, text: str) -> str:
        """A pattern for what must not be shown to the model."""
        signs, letters = "", ""
        for character in sorted(set(text)):
            kind = unicodedata.category(character)
            if kind[0] in "PSC" and kind != "Cf" and not self._knows(character):
                signs += character
            elif kind[0] in "LMN" and not self._knows(character):
                letters += character
        ways = [LINE.pattern]
        if signs:
            ways.append(f"[{re.escape(signs)}][{re.escape(signs)}{JOINED}]*")
        if letters:
            ways.append(rf"(?<!\w)[{re.escape(letters)}]+(?!\w)")
        return "|".join(ways)

    def _knows(self, character: str) -> bool:
        if (known := self._known.get(character)) is None:
            known = self._known[character] = character.isspace() or self._tokens.knows(character)
        return known

    def _trimmed(self, text: str) -> Iterator[Piece]:
        """A line, or part of one; the white space around it, which a model does not keep, stays."""
        bare = text.strip()
        if not any(map(str.isalpha, bare)):
            yield Piece(text)
            return
        before, _, after = text.partition(bare)
        yield Piece(before)
        yield from self._fitting(bare)
        yield Piece(after)

    def _fitting(self, text: str) -> Iterator[Piece]:
        """Text that begins and ends with something to be seen, halved until each part fits."""
        if len(text) <= LONGEST * CHARACTERS:
            tokens = self._tokens.split(text)
            if len(tokens) <= LONGEST or len(text) < 2:
                yield Piece(text, tuple(tokens))
                return
        quarter, middle = len(text) // 4, len(text) // 2
        for ends in ENDS:
            cuts = [end.end() for end in ends.finditer(text, quarter, len(text) - quarter)]
            if cuts:
                break
        cut = min(cuts, key=lambda end: abs(end - middle), default=middle)
        yield from self._trimmed(text[:cut])
        yield from self._trimmed(text[cut:])
