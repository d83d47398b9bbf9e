"""The language of a text, asked of an engine that tells it: lent for each look, since most text says its language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..engines import EngineSpec
from ..params import Params
from ..pool import Pool
from ..translation import Guess, guesses

Identifier = Callable[[Sequence[str]], Sequence[Guess | None]]
"""What language each text seems to be in."""


def nobody_knows(texts: Sequence[str]) -> list[Guess | None]:
    """Where no engine that could tell is installed."""
    return [None] * len(texts)


def identifier(pool: Pool, spec: EngineSpec, params: Params, options: Params) -> Identifier:
    """Asks this engine, which annotates texts with their ``language``."""

    def look(texts: Sequence[str]) -> list[Guess | None]:
        with pool.lease(spec, params) as loaded, loaded.exclusive():
            return guesses(loaded.engine.annotate(list(texts), [None] * len(texts), options))

    return look
