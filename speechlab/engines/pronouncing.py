"""Words whose sounds are given, in IPA: how they are written down, and a text parted at them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ..errors import ConfigError
from ..types.scripts import sought

Part = tuple[str, str]
"""A stretch of text, and how it sounds; empty where that is as it is written."""


def pronounced(text: str, pronunciations: Iterable[str]) -> list[Part]:
    """A text parted at the words whose sounds are given; the parts are the text, to the last space.

    >>> pronounced("Ask Siobhan now.", ["Siobhan = ʃəvɔn"])
    [('Ask ', ''), ('Siobhan', 'ʃəvɔn'), (' now.', '')]
    """
    parts, at = list[Part](), 0
    pattern, sounds = _sought(tuple(pronunciations))
    for match in pattern.finditer(text) if sounds else ():
        parts += [(text[at : match.start()], ""), (match[0], sounds[int((match.lastgroup or "")[1:])])]
        at = match.end()
    return [part for part in (*parts, (text[at:], "")) if part[0]]


def entries(value: object) -> object:
    """A table of words and sounds, or lines of them, as entries that are checked. Raises ConfigError."""
    if isinstance(value, Mapping):
        value = [f"{word} = {sounds}" for word, sounds in value.items()]
    if isinstance(value, str):
        value = [line for line in value.splitlines() if line.strip()]
    if isinstance(value, list | tuple) and all(isinstance(entry, str) for entry in value):
        return tuple(" = ".join(_entry(entry)) for entry in value)
    return value


@lru_cache(maxsize=256)
def _sought(pronunciations: tuple[str, ...]) -> tuple[re.Pattern[str], list[str]]:
    """What finds the words, the longest first; the number in the name of a group is that of its sounds."""
    told = sorted(map(_entry, pronunciations), key=lambda pair: -len(pair[0]))
    branches = (
        f"(?P<t{number}>{f'(?i:{sought(word)})' if word == word.lower() else sought(word)})"
        for number, (word, _) in enumerate(told)
    )
    return re.compile("|".join(branches)), [sounds for _, sounds in told]


def _entry(entry: str) -> Part:
    word, _, sounds = (part.strip() for part in entry.rpartition("="))
    word, sounds = " ".join(word.split()), sounds.strip("/[] ")
    if not any(map(str.isalnum, word)) or not sounds:
        hint = 'write it in IPA, such as "Siobhan = ʃəvɔn"'
        raise ConfigError(f"{entry!r} does not tell how a word sounds", hint=hint)
    return word, sounds
