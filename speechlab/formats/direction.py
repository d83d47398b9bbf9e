"""Right to left: which way a text goes, and the marks by which a player shows each of its lines so."""

from __future__ import annotations

import unicodedata
from functools import cache

from ..errors import ConfigError
from ..languages import standard

RLE, PDF, RLM, LRM = "\u202b", "\u202c", "\u200f", "\u200e"
_STRONG = {"L": False, "R": True, "AL": True}
_TO_THE_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"})


def right_to_left(text: str, language: str | None = None) -> bool:
    """Whether a text goes to the left: as its language does, if it has letters of that; else as most of its letters do,
    and of as many as the first does.

    >>> right_to_left("Microsoft Windows הוא כאן"), right_to_left("Microsoft Windows הוא כאן", "he")
    (False, True)
    """
    ways = [_STRONG[way] for character in text if (way := unicodedata.bidirectional(character)) in _STRONG]
    usual = goes_left(language) if language else None
    if usual in ways:
        return bool(usual)
    return sum(ways) * 2 > len(ways) or (sum(ways) * 2 == len(ways) and ways[:1] == [True])


def embedded(line: str, rtl: bool) -> str:
    """A line for players that lay out every line from left to right, such as VLC with .srt and libass with .ass.

    Without the marks they put its full stop, its quotation marks and its Latin words on the wrong side. Embeddings are
    used and not the newer isolates, which older players show as boxes.
    """
    return f"{RLE}{line}{PDF}" if rtl and line else line


def led(line: str, rtl: bool) -> str:
    """A line for players that look at its first letter, as browsers do with WebVTT: marked where that one misleads.

    >>> led("HTML הוא קל", True)[0] == RLM, led("שלום", True)
    (True, 'שלום')
    """
    ways = (unicodedata.bidirectional(character) for character in line)
    first = next((_STRONG[way] for way in ways if way in _STRONG), rtl)
    return line if first == rtl else f"{RLM if rtl else LRM}{line}"


@cache
def goes_left(language: str) -> bool | None:
    """Whether a language is written from right to left; None where the tag names none."""
    from langcodes import Language  # takes a while to import

    try:
        return Language.get(standard(language)).maximize().script in _TO_THE_LEFT
    except ConfigError:
        return None
