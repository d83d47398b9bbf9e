"""Text made fit for a file: on one line, joined, and never taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

BREAKABLE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
"""White space, save the three kinds that are written in order not to be broken at."""
SENTENCE_ENDS = tuple(".!?…。．！？｡।॥؟۔።។")  # noqa: RUF001
_SPACELESS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F0B, 0x0F0D),  # Tibetan breaks after its syllable mark
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x2E80, 0x312F),  # radicals, ideographic punctuation, kana, bopomofo
    (0x31A0, 0x9FFF),  # kana and ideographs
    (0xF900, 0xFAFF),  # ideographs
    (0xFF61, 0xFF9F),  # halfwidth kana
    (0x20000, 0x3FFFF),  # ideographs
)


def flat(text: str) -> str:
    """The text on one line, with single spaces."""
    return BREAKABLE.sub(" ", text).strip()


def spaceless(character: str) -> bool:
    """Whether the character is of a script that writes no spaces between words."""
    code = ord(character)
    return code >= _SPACELESS[0][0] and any(first <= code <= last for first, last in _SPACELESS)


def spaced(text: str) -> str:
    """The text after the space that stands before it, in scripts that have one.

    >>> spaced("Hello "), spaced("你好")
    (' Hello', '你好')
    """
    bare = text.strip()
    return f" {bare}" if bare and not spaceless(bare[0]) else bare


def joined(texts: Iterable[str]) -> str:
    """Texts that follow each other, as one.

    >>> joined(["Hello.", "World."]), joined(["你好。", "世界。"])
    ('Hello. World.', '你好。世界。')
    """
    whole = ""
    for text in texts:
        bare = text.strip()
        glued = bare and whole and spaceless(bare[0]) and not whole[-1].isascii()
        whole += bare if glued or not whole else f" {bare}" if bare else ""
    return whole


def wide(text: str, markup: str) -> str:
    """The text with the characters of ``markup`` in their full-width forms.

    For formats that know no escape: readers disagree on what is markup, and hide what they take for it; the wide forms
    look the same and are text to all of them.

    >>> wide("a <b>", "<>")
    'a \uff1cb\uff1e'
    """
    return text.translate({ord(character): ord(character) + 0xFEE0 for character in markup})
