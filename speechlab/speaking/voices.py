"""Who is to speak: the engine that is meant, and the voices that it has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ..engines import EngineSpec, Kind, present
from ..errors import ConfigError, EngineError, PolicyDenied
from ..lab import Lab
from ..languages import Languages
from ..library import speaker_of
from ..preferred import PREFERRED, preferred
from ..types import Voice

NAME = re.compile(r"[^\s:+*,]+")
"""A voice in what may be a blend of several."""


def synthesizer(lab: Lab, engine: str | None, voice: str | None, language: str | None) -> EngineSpec:
    """The engine that is meant: the one that is named, that of a voice of the library, else the best installed for the
    language. Raises EngineNotFound or EngineUnavailable."""
    named = engine or (voice and speaker_of(lab.pool.context, {"voice": voice})) or ""
    id = named.removeprefix(f"{Kind.TTS}/")
    return preferred(lab.plugins, Kind.TTS, language) if language and not id else lab.engine(Kind.TTS, id or None)


def voices(lab: Lab, spec: EngineSpec) -> tuple[Voice, ...]:
    """The voices of a synthesizer, the first of which is meant where none is named. It is loaded for that.

    Raises EngineUnavailable or PolicyDenied.
    """
    with lab.pool.lease(spec, spec.params()) as loaded, loaded.exclusive():
        return tuple(replace(voice, engine=spec.name) for voice in loaded.engine.voices())


def misplaced(lab: Lab, spec: EngineSpec, names: Iterable[str], language: str | None) -> ConfigError | None:
    """Why an engine of this machine refused a voice, where that is one of another engine's; None where it is nobody's,
    or its own.

    Only those are asked that are meant before others, and are here: they are loaded for that.
    """
    asked = [name for blend in names for name in NAME.findall(blend)]
    own = _ids(lab, spec) if asked and spec.local else set(asked)
    for other in (lab.plugins.engines.get((Kind.TTS, id)) for id in PREFERRED[Kind.TTS]):
        if other is None or other is spec or not own.isdisjoint(asked):
            continue
        if name := next((name for name in asked if name in _ids(lab, other)), None):
            told = f"the voice {name!r} is one of {other.name}"
            if language and other.languages and language not in Languages(other.languages):
                return ConfigError(
                    f"{told}, which does not speak {language!r}", hint=f"leave out the voice: {spec.name} has its own"
                )
            return ConfigError(f"{told}, not of {spec.name}", hint=f"name the engine too: {other.id}")
    return None


def _ids(lab: Lab, spec: EngineSpec) -> set[str]:
    """The voices of a synthesizer, if it is here."""
    if spec.missing() or not all(present(one, lab.home) for one in spec.weights):
        return set()
    try:
        return {voice.id for voice in voices(lab, spec)}
    except (EngineError, PolicyDenied):
        return set()
