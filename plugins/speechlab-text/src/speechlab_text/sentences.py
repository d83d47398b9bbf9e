"""Sentences, by the rules that the host cuts text with."""

from __future__ import annotations

from collections.abc import Sequence

from speechlab import Context, Params, sentences


class Sentences:
    """Has nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def split(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[list[str]]:
        """The sentences of each text; where its language is not told, by the rules that most languages share."""
        return [
            [sentence for sentence in sentences(text, language) if sentence.strip()]
            for text, language in zip(texts, languages, strict=True)
        ]
