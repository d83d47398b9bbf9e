"""The options that engines of one kind have in common; a plugin subclasses them to add its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from ..params import Params
from .pronouncing import entries


class AsrOptions(Params):
    """Options of a recognizer."""

    language: str | None = None
    """Language of the speech as a BCP-47 code such as en or pt-BR; empty to detect it."""


class VadOptions(Params):
    """Options of a speech detector, under the names that silero-vad gave them."""

    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Speech probability above which a window counts as speech."""
    min_speech_duration_ms: Annotated[int, Field(ge=0, le=5000)] = 250
    """Shorter bursts of speech are ignored."""
    min_silence_duration_ms: Annotated[int, Field(ge=0, le=10000)] = 500
    """Speech ends after a silence of this length."""
    speech_pad_ms: Annotated[int, Field(ge=0, le=2000)] = 200
    """Each stretch of speech is widened by this on both sides."""


class DiarizeOptions(Params):
    """Options of a diarizer."""

    speakers: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many people speak; empty to find out."""


class TtsOptions(Params):
    """Options of a synthesizer."""

    language: str | None = None
    """Language of the text as a BCP-47 code; empty for the voice's own."""
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """Pace of the speech; 1 is the voice's own."""


class PronouncingOptions(TtsOptions):
    """Options of a synthesizer that can be told how words sound; :func:`~speechlab.pronounced` parts a text at them."""

    pronunciations: tuple[str, ...] = ()
    """How words sound, in IPA, such as "Siobhan = ʃəvɔn"; one in small letters is meant in any case, any other as it is
    written."""

    @field_validator("pronunciations", mode="before")
    @classmethod
    def _told(cls, value: object) -> object:
        return entries(value)
