"""Long text in, pieces out that a translator can take, and back again: nothing is left out, no line break either."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..types.scripts import spaceless
from .sentences import sentences

_CONTROL = "[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+"
_LED = r"[ \t]*(?:[-\u2010\u2013\u2014\u2212\u2022\u00b7\u266a]+[ \t]*(?=[^\W\d_]|[¿¡\"«“„])|[*#>]+[ \t]+)"
APART = re.compile(f"(^{_LED}|{_CONTROL}(?:{_LED})?)")
"""Line breaks and other control characters, halves of surrogate pairs: no sentence goes over them, and engines that
write text to a pipe or to a tokenizer do not live through all of them. With them what a line is led by: the dash of
another speaker, a bullet, the note of a song."""
CLAUSE = re.compile(r"[,;:)\]»”\"\u2013\u2014\u060c\u061b\u3001\uff0c\uff1a\uff1b]\s*|\s+(?=[(\[«“])")
WORD = re.compile(r"\s+")
SPACES = re.compile(r"[ \u00a0\u3000]*")
IDEOGRAPHS = 0x2E80
"""From here on scripts put no space between sentences; those of South-East Asia, which come before, do."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in pieces, and what stands before, between and behind them: one more than there are pieces."""

    pieces: tuple[str, ...]
    between: tuple[str, ...]

    def joined(self, pieces: Sequence[str]) -> str:
        """The text with these in place of its pieces, and spaces between them as their script wants it.

        >>> cut("Hi. Look.", 100).joined(["你好。", "看。"])
        '你好。看。'
        """
        text = self.between[0]
        for number, (piece, behind) in enumerate(zip(pieces, self.between[1:], strict=True), 1):
            text += piece
            if number < len(pieces) and piece and pieces[number]:
                behind = _spaced(behind, (self.pieces[number - 1], self.pieces[number]), (piece, pieces[number]))
            text += behind
        return text

    def __str__(self) -> str:
        """The text as it was."""
        return self.between[0] + "".join(a + b for a, b in zip(self.pieces, self.between[1:], strict=True))


def cut(text: str, longest: int, language: str | None = None, *, together: bool = False) -> Cut:
    """The text in sentences, those longer than ``longest`` characters in clauses, else words.

    ``together``: sentences that follow each other are one piece while they are not too long. What has no letter is left
    where it is, between the pieces; so is a word that is too long to be one, such as an address.

    >>> cut("One. Two!\\n\\nThree: 3", 100).pieces, cut("One. Two! 3", 100).between
    (('One.', 'Two!', 'Three: 3'), ('', ' ', ' 3'))
    """
    pieces: list[str] = []
    between = [""]
    for part, whole in _parts(text, longest, language, together):
        bare = part.strip()
        if not whole or not any(map(str.isalpha, bare)):
            between[-1] += part
            continue
        start = part.index(bare)
        between[-1] += part[:start]
        pieces.append(bare)
        between.append(part[start + len(bare) :])
    return Cut(tuple(pieces), tuple(between))


def _spaced(between: str, were: tuple[str, str], are: tuple[str, str]) -> str:
    """What stands between two translated pieces, where ``between`` stood between the two that they were."""
    if not SPACES.fullmatch(between):
        return between
    if _ideographic(are[1][0]) and not are[0][-1].isascii():
        return ""
    glued = spaceless(were[0][-1]) or spaceless(were[1][0]) or _ideographic(were[0][-1])
    return between or (" " if glued else "")


def _ideographic(character: str) -> bool:
    return ord(character) >= IDEOGRAPHS and (spaceless(character) or "\uff00" <= character <= "\uff60")


def _parts(text: str, longest: int, language: str | None, together: bool) -> Iterator[tuple[str, bool]]:
    """The text, and of each part whether it may be translated."""
    for number, stretch in enumerate(APART.split(text)):
        if number % 2 or not stretch.strip():
            yield stretch, False
            continue
        whole = sentences(stretch, language)
        for sentence in _packed(whole, longest) if together else whole:
            yield from _fitting(sentence, longest)


def _packed(sentences: Iterable[str], longest: int) -> Iterator[str]:
    held = ""
    for sentence in sentences:
        if held and len(held) + len(sentence.rstrip()) > longest:
            yield held
            held = ""
        held += sentence
    if held:
        yield held


def _fitting(sentence: str, longest: int) -> Iterator[tuple[str, bool]]:
    """A sentence, halved between clauses or words until each part fits."""
    bare = sentence.strip()
    if len(bare) <= longest:
        yield sentence, True
        return
    start, middle, quarter = sentence.index(bare), len(bare) // 2, len(bare) // 4
    clauses = [end.end() for end in CLAUSE.finditer(bare, quarter, len(bare) - quarter)]
    ends = clauses or [end.end() for end in WORD.finditer(bare)] or _inside(bare, middle)
    if not ends:
        yield sentence, False
        return
    at = start + min(ends, key=lambda end: abs(end - middle))
    yield from _fitting(sentence[:at], longest)
    yield from _fitting(sentence[at:], longest)


def _inside(word: str, middle: int) -> list[int]:
    """Where a stretch without a space may be cut: in scripts that write none, before a letter of its own."""
    for at in range(middle, len(word)):
        if spaceless(word[at]) and unicodedata.category(word[at]) in ("Lo", "Lm"):
            return [at]
    return []
