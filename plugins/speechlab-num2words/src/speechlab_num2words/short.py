"""What is written short, as it is said: abbreviations and addresses, of the languages that ``said.toml`` knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ADDRESS = re.compile(r"(?:https?://|ftp://|www\.)[^\s<>\"]*[\w/]|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SCHEME = re.compile(r"^\w+://")
PIECE = re.compile(r"[A-Za-zÀ-ÿ]+|\d+|.")


@cache
def said(language: str) -> Mapping[str, Any]:
    """What is known of a language, by its two letters; nothing of one that is not there."""
    known = tomllib.loads(files(__package__).joinpath("said.toml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = known.get(language, {})
    return found


def address(text: str, language: str) -> str:
    """A web or mail address with its marks as words; as it is where nobody knows what they are called.

    >>> address("https://www.example.com/docs", "en"), address("me@a-b.org", "es")
    ('w w w dot example dot com slash docs', 'me arroba a guion b punto org')
    """
    told = said(language)
    if not told:
        return text
    marks = {".": told["dot"], "/": told["slash"], "@": told["at"], "-": told["dash"]}
    pieces = PIECE.findall(SCHEME.sub("", text).rstrip("/"))
    return " ".join("w w w" if piece == "www" else marks.get(piece, piece) for piece in pieces)


def written_out(text: str, language: str) -> str:
    """A text with its abbreviations in full; where one ends the text, the full stop stays.

    >>> written_out("Dr. Ode came, e.g. to St. Ives etc.", "en")
    'Doctor Ode came, for example to Saint Ives et cetera.'
    """
    pattern = _pattern(language)
    if pattern is None:
        return text
    known = said(language)["abbreviations"]

    def full(match: re.Match[str]) -> str:
        short = " ".join(match[0].split())
        told = str(known.get(short) or known[short.lower()])
        return f"{told}." if short.endswith(".") and match.end() == len(text.rstrip()) else told

    if language == "en":
        text = re.sub(r"\bSt\.(?=\s[A-Z])", "Saint", text)
        text = re.sub(r"(?<=[a-z]\s)St\.", "Street", text)
        text = re.sub(r"\b[Nn]os?\.\s(?=\d)", "number ", text)
    return pattern.sub(full, text)


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    known = said(language).get("abbreviations")
    if not known:
        return None
    some = sorted(known, key=len, reverse=True)
    branches = (
        (f"(?i:{body})" if short == short.lower() else body) + ("" if short.endswith(".") else r"(?![\w.])")
        for short in some
        for body in [re.escape(short).replace(r"\ ", r"\s")]
    )
    return re.compile(rf"(?<![\w.])(?:{'|'.join(branches)})(?!\w)")
