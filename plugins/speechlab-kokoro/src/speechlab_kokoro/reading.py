"""Texts to sounds: by a reader, but the words whose sounds somebody gave as those are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from speechlab import pronounced

from .ipa import symbols
from .sounds import Reader


def sounds(texts: Sequence[str], read: Reader, language: str, pronunciations: Sequence[str]) -> list[str]:
    """Of each text alone."""
    parted = [pronounced(text, pronunciations) for text in texts]
    plain = iter(read([part for parts in parted for part, told in parts if not told]))
    told = [[symbols(told, language) if told else next(plain) for _, told in parts] for parts in parted]
    return ["".join(_spaced([part for part, _ in parts], some)) for parts, some in zip(parted, told, strict=True)]


def _spaced(parts: Sequence[str], sounds: Sequence[str]) -> list[str]:
    """The sounds of the parts of a text, apart where those are."""
    apart = [one[-1:].isspace() or other[:1].isspace() for one, other in pairwise(parts)]
    return [some + " " * space for some, space in zip(sounds, [*apart, False][: len(sounds)], strict=True)]
