"""The engine: each text by the rules of its language."""

from __future__ import annotations

from collections.abc import Sequence

from speechlab import Context, Languages, Params

from . import LANGUAGES
from .writer import writer

KNOWN = Languages(LANGUAGES)


class Num2Words:
    """Has nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[str]:
        """Each text with its numbers as words, if its language is known."""
        return [
            writer(language).written(text) if language in KNOWN and language else text
            for text, language in zip(texts, languages, strict=True)
        ]
