"""What of a text can be said: what a synthesizer would spell out, stumble over or refuse is left out."""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""They shape the letters of Persian and of India's languages."""
SIGNS = "\u218f"
"""Beyond the letter-like signs, such as ° and №, a symbol is a picture."""


def sayable(text: str) -> str:
    """A text without emoji, other pictures and invisible characters; empty where no letter or digit is left.

    >>> sayable("It is 20 °C \N{SLIGHTLY SMILING FACE} outside.")
    'It is 20 °C   outside.'
    >>> sayable("\N{SLIGHTLY SMILING FACE} …")
    ''
    """
    left = "".join(one if _said(one) else " " for one in unicodedata.normalize("NFC", text))
    return left.strip() if any(map(str.isalnum, left)) else ""


def _said(character: str) -> bool:
    category = unicodedata.category(character)
    if category in ("So", "Sk"):
        return character < SIGNS
    return character in JOINERS or character == "\n" or (category[0] != "C" and character != "\ufe0f")
