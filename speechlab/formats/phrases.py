"""Where phrases end in scripts that write no spaces between words: the places at which a line reads well to its end."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budoux import Parser

_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo", "yue")


def phrase_ends(text: str, language: str | None = None) -> frozenset[int] | None:
    """The positions after the phrases of a text without spaces, its end among them; None where nothing is known of its
    script. ``language`` tells the two ways of writing Chinese apart.

    >>> sorted(phrase_ends("今天天气"))
    [2, 4]
    """
    model = _model(text, language)
    if model is None:
        return None
    ends, at = [], 0
    for phrase in _parser(model).parse(text):
        at += len(phrase)
        ends.append(at)
    return frozenset(ends)


def words_are_whole(character: str) -> bool:
    """Whether a word of this character's script is never broken, though no space marks its end.

    >>> words_are_whole("ก"), words_are_whole("今")
    (True, False)
    """
    return "\u0e00" <= character <= "\u0e7f"


def _model(text: str, language: str | None) -> str | None:
    scripts = {unicodedata.name(character, "").partition(" ")[0] for character in text if not character.isascii()}
    if "THAI" in scripts:
        return "thai"
    if scripts & {"HIRAGANA", "KATAKANA"} or (language or "").lower().startswith("ja"):
        return "japanese"
    if "CJK" in scripts:
        return "traditional_chinese" if (language or "").lower().startswith(_TRADITIONAL) else "simplified_chinese"
    return None


@cache
def _parser(model: str) -> Parser:
    import budoux  # few need it

    parser: Parser = getattr(budoux, f"load_default_{model}_parser")()
    return parser
