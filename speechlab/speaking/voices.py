"""Who is to speak: the engine that is meant, and the voices that it has."""

from __future__ import annotations

from dataclasses import replace

from ..engines import EngineSpec, Kind
from ..lab import Lab
from ..library import speaker_of
from ..preferred import preferred
from ..types import Voice


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
