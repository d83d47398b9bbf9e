"""Numbers and the like as words, for a synthesizer that cannot say them: asked of text engines, each lent at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..engines import EngineSpec
from ..languages import Languages
from ..params import Params
from ..pool import Pool

Speller = Callable[[str, str | None], str]
"""A text in a language, as it is said."""


def as_written(text: str, language: str | None) -> str:
    """Where nobody spells, or nobody need."""
    return text


def speller(pool: Pool, engines: Sequence[tuple[EngineSpec, Params, Params]]) -> Speller:
    """Asks the first of these text engines, each with its parameters and options, that knows the language."""

    def spelled(text: str, language: str | None) -> str:
        for spec, params, options in engines:
            if language and language in Languages(spec.languages) and any(map(str.isalnum, text)):
                with pool.lease(spec, params) as loaded, loaded.exclusive():
                    [told] = loaded.engine.process([text], [language], options)
                    return str(told)
        return text

    return spelled
