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
    """Gives voices to speakers in the order in which they first speak, and keeps to that."""

    def __init__(self, spec: EngineSpec, voices: Sequence[Voice], voice: str | None, cast: Iterable[str]) -> None:
        """``cast`` holds voices of named speakers (``Ada = af_heart``), and voices for all others in turn."""
        self._spec, self._voices, self._voice = spec, voices, voice
        self._named: dict[str, str] = {}
        self._others: list[str] = []
        for entry in cast:
            speaker, sign, id = entry.rpartition("=")
            if sign:
                self._named[speaker.strip()] = id.strip()
            else:
                self._others.append(entry.strip())
        self._natives: dict[str, str | None] = {}
        self._met: list[str | None] = []
        """Speakers without a voice of their own, in the order in which they came."""

    def voice(self, segment: Segment, language: str | None, *, strict: bool = False) -> str | None:
        """Who speaks it; None where the engine's first voice does.

        Raises ConfigError where that is to be ``strict``, and the engine tells that none of its voices knows the
        language.
        """
        if segment.speaker in self._named:
            return self._named[segment.speaker]
        if self._others:
            if segment.speaker not in self._met:
                self._met.append(segment.speaker)
            return self._others[self._met.index(segment.speaker) % len(self._others)]
        if self._voice or not language:
            return self._voice
        if language not in self._natives:
            self._natives[language] = self._native(language, strict)
        return self._natives[language]

    def _native(self, language: str, strict: bool) -> str | None:
        """The first voice of the language, one of the very region before others."""
        if not all(voice.languages for voice in self._voices):
            return None
        exact = (voice.id for voice in self._voices if language in voice.languages)
        near = (voice.id for voice in self._voices if language in Languages(voice.languages))
        if found := next(exact, None) or next(near, None):
            return found
        if not strict:
            return None
        told = dict.fromkeys(one for voice in self._voices for one in voice.languages)
        raise ConfigError(f"{self._spec.name} has no voice for {language!r}", hint=Languages(told).nearest(language))
