"""Which voice speaks a segment: one for each speaker where some are named, else one that knows the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..engines import EngineSpec
from ..errors import ConfigError
from ..languages import Languages
from ..types import Segment, Voice


def entries(value: object) -> object:
    """A mapping of speakers to voices as the list that a command line gives: ``Ada = af_heart``."""
    if isinstance(value, Mapping):
        return tuple(f"{speaker} = {voice}" for speaker, voice in value.items())
    return (value,) if isinstance(value, str) else value


class Casting:
    """Gives each speaker a voice, in the order in which they first speak, and keeps to that."""

    def __init__(self, spec: EngineSpec, voices: Sequence[Voice], voice: str | None, cast: Iterable[str]) -> None:
        """``voice`` is for all; ``cast`` holds voices of named speakers (``Ada = af_heart``), and voices for all others
        in turn. Without any, speakers have the engine's voices of their language in turn."""
        self._spec, self._voices = spec, voices
        self._named: dict[str, str] = {}
        others: list[str] = []
        for entry in cast:
            speaker, sign, id = entry.rpartition("=")
            if sign:
                self._named[speaker.strip()] = id.strip()
            else:
                others.append(entry.strip())
        self._given = tuple(others) or ((voice,) if voice else ())
        self._natives: dict[str | None, tuple[str, ...]] = {}
        self._met: list[str] = []
        """Speakers without a voice of their own, in the order in which they came."""

    def voice(self, segment: Segment, language: str | None, *, strict: bool = False) -> str | None:
        """Who speaks it; None where the engine's first voice does.

        Raises ConfigError where that is to be ``strict``, none of the engine's voices is of the language, and its card
        does not say either that it speaks it.
        """
        speaker = segment.speaker
        if speaker in self._named:
            return self._named[speaker]
        if not self._given and language not in self._natives:
            self._natives[language] = self._of(language, strict)
        voices = self._given or self._natives[language]
        if speaker and speaker not in self._met:
            self._met.append(speaker)
        return voices[self._met.index(speaker) % len(voices) if speaker else 0] if voices else None

    def own(self, voice: str | None) -> str | None:
        """The first language of a voice; None where it does not tell."""
        told = (one.languages for one in self._voices if one.id == voice)
        return next((languages[0] for languages in told if languages), None)

    def _of(self, language: str | None, strict: bool) -> tuple[str, ...]:
        """The voices of a language, those of the very region before others; all where they do not tell theirs."""
        if not all(voice.languages for voice in self._voices):
            return tuple(voice.id for voice in self._voices)
        if not language:
            return tuple(voice.id for voice in self._voices[:1])
        near = (voice for voice in self._voices if language in Languages(voice.languages))
        found = tuple(voice.id for voice in sorted(near, key=lambda voice: language not in voice.languages))
        if strict and not found and language not in Languages(self._spec.languages):
            told = dict.fromkeys(one for voice in self._voices for one in voice.languages)
            hint = Languages(told).nearest(language)
            raise ConfigError(f"{self._spec.name} has no voice for {language!r}", hint=hint)
        return found
