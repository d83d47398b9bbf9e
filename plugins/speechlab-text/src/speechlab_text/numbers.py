"""Numbers in digits, by text2num."""

from __future__ import annotations

from collections.abc import Sequence

from text_to_num import alpha2digit

from speechlab import Context, Params

from . import NUMBERS, NumbersOptions
from .told import in_language


class Numbers:
    """Has nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: NumbersOptions) -> list[str]:
        """Each text with its numbers in digits, if its language is known."""
        told = in_language(texts, languages, options.language, NUMBERS)
        return [text if code is None else alpha2digit(text, code, options.above) for text, code in told]
