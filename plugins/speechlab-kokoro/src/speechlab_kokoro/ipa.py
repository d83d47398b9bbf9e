"""Sounds in IPA, as people write them, to the symbols that Kokoro reads."""

# ruff: noqa: RUF001, RUF002 - these are sounds, no letters

from __future__ import annotations

import re
import unicodedata

LIKE = {
    "aɪ": "I",
    "aʊ": "W",
    "dʒ": "ʤ",
    "eɪ": "A",
    "oʊ": "O",
    "tʃ": "ʧ",
    "ɔɪ": "Y",
    "əʊ": "Q",
    "c\u0327": "ç",
    "g": "ɡ",
    "ɫ": "l",
    "l\u0329": "ᵊl",
    "m\u0329": "ᵊm",
    "n\u0329": "ᵊn",
}
"""What Kokoro has a symbol of its own for."""
ENGLISH = {
    **LIKE,
    "a": "æ",
    "e": "ɛ",
    "r": "ɹ",
    "x": "k",
    "ɜː": "ɜɹ",
    "ɜːɹ": "ɜɹ",
    "ɜːr": "ɜɹ",
    "ɝ": "ɜɹ",
    "ɝː": "ɜɹ",
    "ɚ": "əɹ",
    "ɾ": "T",
    "ʔ": "t",
    "ː": "",
}
"""English, which Kokoro knows with American sounds and without length."""
OTHERS = {**LIKE, "dz": "ʣ", "ts": "ʦ"}
SHADES = re.compile("[\u035c\u0361./^]")
"""Ties, and what parts syllables."""


def symbols(ipa: str, language: str) -> str:
    """The sounds of a word, of a language as a BCP-47 code.

    >>> symbols("ʃɪˈvɔːn", "en")
    'ʃɪˈvɔn'
    """
    table = ENGLISH if language.partition("-")[0] == "en" else OTHERS
    sounds = SHADES.sub("", unicodedata.normalize("NFD", ipa))
    found = re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    return found.sub(lambda match: table[match[0]], sounds)
