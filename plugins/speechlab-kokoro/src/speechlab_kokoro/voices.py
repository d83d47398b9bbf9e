"""Voices: what their names tell, where their styles lie, and several blended into one."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from speechlab import ConfigError, Context, EngineUnavailable, Samples, Voice

from . import ALPHABET
from .fetching import fetched

NAMED = re.compile(r"(?P<language>[abefhijpz])(?P<kind>[fm])_(?P<name>\w+)")
LANGUAGES = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
KINDS = {"f": "woman", "m": "man"}
"""What the first two letters of a voice's name say."""
BEST = ("af_heart", "bf_emma", "ef_dora", "ff_siwis", "hf_alpha", "if_sara", "jf_alpha", "pf_dora", "zf_xiaobei")
"""The voice of each language that comes first."""
IN_NEED = "jm_kumo"
"""Of the packaged voices, all of them Japanese, the one that speaks English best."""
SHAPE = (510, 1, 256)
"""A style has a row for each number of sounds that are said at once."""
PART = re.compile(r"\s*(?P<name>[\w.-]+)\s*(?::\s*(?P<weight>[\d.]+)\s*)?")


class Voices:
    """The styles that are here: packaged, fetched, and in a folder of the user's own, the latter first."""

    def __init__(self, folder: str | None, context: Context) -> None:
        with np.load(context.weights(ALPHABET) / "voices_ja.npz") as packaged:
            self._styles: dict[str, Samples] = {name: packaged[name] for name in packaged}
        for place in (fetched(context), Path(folder).expanduser() / "voices" if folder else None):
            if place is not None:
                self._styles |= {file.stem: _read(file) for file in sorted(place.glob("*.bin"))}

    def of(self, languages: Collection[str]) -> list[Voice]:
        """The voices whose languages are among these, English first, and of each language the best.

        Without any English voice, a Japanese one is told to speak it too.
        """
        named = {name: native(name) for name in self._styles}
        spare = IN_NEED if not any(language.startswith("en") for language in named.values()) else None

        first = list(LANGUAGES.values())

        def order(name: str) -> tuple[bool, int, bool, str]:
            return name != spare, first.index(named[name]), name not in BEST, name

        found: list[Voice] = []
        for name in sorted(named, key=order):
            told = tuple(one for one in ("en-US" if name == spare else "", named[name]) if one in languages)
            if told:
                found.append(Voice(name, called(name), told))
        return found

    def names(self) -> list[str]:
        """Every voice that can be part of a blend, whether or not its own language can be read here."""
        return sorted(self._styles)

    def style(self, recipe: str) -> Samples:
        """A voice's style, or that of a blend. Raises ConfigError for a voice that is not here."""
        weights = blend(recipe)
        for name in weights:
            if name not in self._styles:
                near = get_close_matches(name, self._styles, n=1, cutoff=0.6)
                raise ConfigError(
                    f"Kokoro has no voice {name!r} here",
                    hint=f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(self._styles))}",
                )
        mixed = sum(np.float32(weight) * self._styles[name] for name, weight in weights.items())
        return np.asarray(mixed, np.float32)


def blend(recipe: str) -> Mapping[str, float]:
    """The voices of a recipe such as ``af_heart:0.6+bf_emma:0.4``, with their shares; in all, these are 1.

    Raises ConfigError for what is none.
    """
    weights: dict[str, float] = {}
    for name, weight in _parts(recipe):
        weights[name] = weights.get(name, 0.0) + weight
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _parts(recipe: str) -> Iterator[tuple[str, float]]:
    for part in recipe.split("+"):
        match = PART.fullmatch(part)
        try:
            weight = float(match["weight"] or 1) if match else 0.0
        except ValueError:
            weight = 0.0
        if match is None or not (weight > 0 and math.isfinite(weight)):
            raise ConfigError(
                f"{recipe!r} is no voice and no blend of voices", hint="write a blend as af_heart:0.6+bf_emma:0.4"
            )
        yield match["name"], weight


def native(recipe: str) -> str:
    """The language of the voice that a recipe has most of; a voice that does not tell is taken for American."""
    weights = blend(recipe)
    named = NAMED.fullmatch(max(weights, key=lambda name: weights[name]))
    return LANGUAGES[named["language"]] if named else "en-US"


def called(name: str) -> str:
    """What to call a voice: ``af_heart`` is "Heart (woman)"."""
    named = NAMED.fullmatch(name)
    return f"{named['name'].capitalize()} ({KINDS[named['kind']]})" if named else name


def _read(file: Path) -> Samples:
    """Raises EngineUnavailable for a file that is no voice."""
    numbers = np.fromfile(file, "<f4")
    if numbers.size != math.prod(SHAPE) or not np.isfinite(numbers).all():
        raise EngineUnavailable(f"{file} is no voice of Kokoro", hint="remove it, or fetch it again")
    return numbers.reshape(SHAPE)
