"""The engine: finds the directions that lead from one language to another, loads each once, and goes them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from functools import reduce

from speechlab import ConfigError, Context, EngineUnavailable, Hop, Languages, Params

from . import FxTranslateParams
from .direction import Direction
from .models import Models, Pair, way

NO_LANGUAGE = "und"


class FxTranslate:
    """Translator of all pairs of languages for which it has a model, or one into English and one out of it."""

    def __init__(self, params: FxTranslateParams, context: Context) -> None:
        self._models = Models(params.folder, context)
        self._here = self._models.here()
        self._loaded: dict[Pair, Direction] = {}
        self._changing = threading.Lock()
        """Held while a model is fetched or loaded; whoever needs none that is not loaded yet does not wait."""

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        """The texts in the language ``target``. Raises ConfigError, EngineUnavailable and EngineFailed."""
        if source is None:
            raise ConfigError(
                "fxtranslate has to be told which language the text is in",
                hint='say it: source = "en" in a pipeline, source="en" from Python',
            )
        directions = [self._direction(hop) for hop in self._hops(source, target)]
        return [reduce(lambda told, direction: direction.translate(told), directions, text) for text in texts]

    def route(self, source: str, target: str) -> tuple[Hop, ...]:
        """The directions that a translation takes. Raises as :meth:`translate`."""
        return tuple(Hop("", *hop) for hop in self._hops(source, target))

    def close(self) -> None:
        """Free the models and end their threads."""
        with self._changing:
            for direction in self._loaded.values():
                direction.close()
            self._loaded.clear()

    def _hops(self, source: str, target: str) -> tuple[Pair, ...]:
        try:
            return _hops(self._here, source, target)
        except _SameLanguage:
            raise
        except ConfigError as error:
            if any(Languages([tag]).tag(tag) == NO_LANGUAGE for tag in (source, target)):
                raise
            if not self._models.downloads:
                hint = f"{error.hint}; for others, allow downloads or give a folder with their models"
                raise ConfigError(str(error), hint=hint) from None
        with self._changing:
            self._here = self._models.here()
            try:
                listed = self._models.listed()
            except EngineUnavailable as offline:
                hint = f"here are {_told(self._here)}; for others, {offline.hint}"
                raise EngineUnavailable(f"no model here leads from {source} to {target}", hint=hint) from offline
            hops = _hops(self._here | listed, source, target)
            for hop in hops:
                if hop not in self._here:
                    self._models.fetch(hop)
                    self._here = self._models.here()
        return hops

    def _direction(self, pair: Pair) -> Direction:
        if (direction := self._loaded.get(pair)) is None:
            with self._changing:
                if (direction := self._loaded.get(pair)) is None:  # somebody may just have loaded it
                    direction = self._loaded[pair] = Direction(self._models.files(pair))
        return direction


class _SameLanguage(ConfigError):
    """There is nothing to translate, whatever models there are."""


def _hops(pairs: Collection[Pair], source: str, target: str) -> tuple[Pair, ...]:
    """The way, for BCP-47 tags. Raises ConfigError where there is none."""
    known = Languages(sorted({code for pair in pairs for code in pair}))
    first, last = known.code(source), known.code(target)
    if first == last:
        raise _SameLanguage(f"the text is in {first} already", hint="choose another language to translate into")
    if hops := way(pairs, first, last):
        return hops
    raise ConfigError(f"no model leads from {first} to {last}", hint=f"it has {_told(pairs)}")


def _told(pairs: Iterable[Pair]) -> str:
    return ", ".join(f"{source} → {target}" for source, target in sorted(pairs)) or "none"
