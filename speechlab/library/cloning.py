"""A loaded engine is taught a voice: the one place where that happens, and never without consent."""

from __future__ import annotations

from typing import Any

from ..engines import EngineSpec, VoiceCloner
from ..errors import ConfigError, EngineFailed, SpeechLabError
from ..pool import Loaded
from ..types import Audio, Consent, Voice
from .kept import Made, agreed

CLONING = "cloning"
"""The feature of a synthesizer that learns a voice from a clip, by a model that was trained for it."""
MATCHING = "voice_matching"
"""The feature of one that likens its own voices to the clip: not cloning, and never called so."""


def cloned(loaded: Loaded, reference: Audio, consent: str | Consent | None, options: Any, person: str) -> Voice:
    """The engine's new voice. Raises PolicyDenied without consent, ConfigError where the engine learns no voices, and
    what it raises itself."""
    given, engine = agreed(consent, person), loaded.engine
    if not isinstance(engine, VoiceCloner):
        raise ConfigError(
            f"{loaded.spec.name} does not learn voices",
            hint="`speechlab engines --kind tts` tells which do: they have the feature cloning or voice_matching",
        )
    try:
        with loaded.exclusive():
            return engine.clone(reference, given, options)
    except SpeechLabError:
        raise
    except Exception as error:
        raise EngineFailed(
            f"{loaded.spec.name} failed: {type(error).__name__}: {error}", hint="try another clip, or another engine"
        ) from error


def how_made(spec: EngineSpec) -> Made:
    """What is to be said of a voice that the engine learnt."""
    return "matched" if MATCHING in spec.features else "cloned"
