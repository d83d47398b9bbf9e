"""What the page needs beside the doubles of voices: ears, a service that clones, and a converter with its own voice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from speechlab import Audio, Diarization, EngineSpec, Kind, Params, Turn, Voice, hookimpl
from speechlab.types import Scale
from tests.unit.voice_doubles import Changer, Parrot


class Ears:
    """A diarizer that hears as many people as it is told, and finds all voices alike."""

    speakers = 1

    def __init__(self, params: Params, context: object) -> None: ...

    def diarize(self, audio: Audio, options: Params) -> Diarization:
        part = audio.duration / self.speakers
        turns = (Turn(n * part, (n + 1) * part, speaker=f"Speaker {n}", id=str(n)) for n in range(self.speakers))
        return Diarization(tuple(turns))

    def embed(self, audio: Audio, options: Params) -> Any:
        return np.array([0.6, 0.8], np.float32)


class Service(Parrot):
    """A synthesizer elsewhere that clones, and deletes what it is told to."""

    deleted: list[str] = []  # noqa: RUF012  # emptied by the test that reads it

    def delete(self, voice: str) -> None:
        self.deleted.append(voice)


class Manner(Params):
    """How it converts."""

    smooth: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How smooth."""


class Alto(Changer):
    """A converter with a voice of its own."""

    def voices(self) -> list[Voice]:
        return [Voice("vera", "Vera")]


class PeoplePlugin:
    """All of them."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="ears", kind=Kind.DIARIZE, load=Ears, likeness=Scale(0.87, 0.55)))
        cloning = frozenset({"cloning", "blends"})
        register(EngineSpec(id="service", kind=Kind.TTS, load=Service, features=cloning, local=False))
        register(EngineSpec(id="alto", kind=Kind.CONVERT, load=Alto, options=Manner))
