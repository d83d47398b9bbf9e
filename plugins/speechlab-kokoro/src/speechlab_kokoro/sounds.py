"""Text to the symbols for sounds that Kokoro reads, by what there is for each language."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from speechlab import ConfigError, EngineUnavailable, Languages

Reader = Callable[[Sequence[str]], list[str]]
"""Texts to symbols, each as if it stood alone."""


@dataclass(frozen=True)
class Way:
    """How a language is read."""

    module: str
    """The module whose ``reader(argument)`` gives the reader."""
    argument: str = ""
    program: str = ""
    packages: tuple[str, ...] = ()
    cure: str = ""

    @property
    def here(self) -> bool:
        """Whether what it needs is installed; nothing is imported for it."""
        return (not self.program or shutil.which(self.program) is not None) and all(
            find_spec(name) is not None for name in self.packages
        )


def _espeak(voice: str) -> Way:
    return Way("espeak", voice, program="espeak-ng", cure="install espeak-ng (on Debian: apt-get install espeak-ng)")


WAYS: Mapping[str, Way] = {
    "en-US": Way("english"),
    "en-GB": Way("english"),
    "es": _espeak("es"),
    "fr": _espeak("fr-fr"),
    "hi": _espeak("hi"),
    "it": _espeak("it"),
    "ja": Way("japanese", packages=("pyopenjtalk", "sudachipy"), cure='pip install "speechlab-kokoro[japanese]"'),
    "pt-BR": _espeak("pt-br"),
    "zh": Way("chinese", packages=("misaki", "jieba", "pypinyin"), cure='pip install "speechlab-kokoro[chinese]"'),
}
"""The languages of the voices."""
KNOWN = Languages(WAYS)


def readable() -> Iterator[str]:
    """The languages that can be read here."""
    return (language for language, way in WAYS.items() if way.here)


def reader(language: str) -> Reader:
    """How to read a language. Raises ConfigError where Kokoro does not know it, EngineUnavailable with the cure where
    something is missing for it."""
    code = _code(language)
    way = WAYS[code]
    if not way.here:
        raise EngineUnavailable(f"Kokoro needs something more to read {code}", hint=way.cure)
    return _loaded(way.module, way.argument)


def _code(language: str) -> str:
    try:
        return KNOWN.code(language)
    except ConfigError as error:
        raise ConfigError(f"Kokoro does not speak {language!r}", hint=error.hint) from None


@cache
def _loaded(module: str, argument: str) -> Reader:
    from importlib import import_module

    found: Reader = import_module(f".{module}", __package__).reader(argument)
    return found
