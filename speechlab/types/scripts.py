"""How scripts put words together: most write a space between them, some write none."""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def spaceless(character: str) -> bool:
    """Whether the character is of a script that writes no spaces between words."""
    code = ord(character)
    return code >= _SPACELESS[0][0] and any(first <= code <= last for first, last in _SPACELESS)


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


def sought(text: str, whole_words: bool = True) -> str:
    """A regular expression that finds a text, however the spaces in it are written; as whole words, where its script
    shows where words end.

    >>> bool(re.search(sought("in"), "begin")), bool(re.search(sought("好"), "你好吗"))
    (False, True)
    """
    pattern = r"\s+".join(re.escape(part) for part in text.split())
    before = r"(?<!\w)" if whole_words and _bounded(text[0]) else ""
    behind = r"(?!\w)" if whole_words and _bounded(text[-1]) else ""
    return before + pattern + behind


def _bounded(character: str) -> bool:
    """Whether a word that ends with this character has an end that can be seen."""
    return character.isalnum() and not spaceless(character)
