"""Translations for the ear: which engine speaks a language, and what a segment sounds like."""

from __future__ import annotations

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable
from ..lab import Lab
from ..languages import Languages
from ..media import encode
from .listening import installed


def speaker(lab: Lab, language: str) -> EngineSpec | None:
    """The engine that speaks this language; one that tells of no languages is asked last."""
    there = installed(lab, Kind.TTS)
    known = next((spec for spec in there if spec.languages and language in Languages(spec.languages)), None)
    return known or next((spec for spec in there if not spec.languages), None)


def spoken(lab: Lab, text: str, language: str) -> bytes:
    """A text as a wav file. Raises EngineUnavailable where nobody speaks its language."""
    spec = speaker(lab, language)
    if spec is None:
        raise EngineUnavailable(
            f"no installed voice speaks {language!r}", hint="install an engine for speech synthesis that does"
        )
    told = {"language": language} if any(knob.name == "language" for knob in spec.knobs) else {}
    return encode(lab.speak(text, engine=spec.id, **told))
