"""What a lab hears in a recording: words, speakers, noise, and whether an engine made it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal

from ..contributions import loaded
from ..engines import Kind
from ..given import checked
from ..pipeline import Pipeline
from ..provenance import Origin, origin, watermark
from ..soundcheck import SoundCheck, sound_check
from ..source import Sound, Source
from ..types import Audio, Diarization, Recording
from .base import Base, told


class Listening(Base):
    """The part of :class:`speechlab.Lab` that listens."""

    @checked
    def transcription(self, engine: str | None = None, *, vad: str | None = None, **knobs: Any) -> Pipeline:
        """The one-stage pipeline behind :meth:`transcribe`, with speech detection before it."""
        spec = self.engine(Kind.ASR, engine)
        stages: list[dict[str, Any]] = [{"use": f"vad/{vad}"}] if vad else []
        return self.pipeline({"title": "Transcribe", "stage": [*stages, {"use": spec.name, **told(knobs)}]})

    @checked
    def transcribe(
        self,
        sound: Sound,
        engine: str | None = None,
        *,
        language: str | None = None,
        channel: int | Literal["each"] | None = None,
        resume: bool = False,
        **knobs: Any,
    ) -> Recording:
        """Speech as text. ``knobs`` are the engine's parameters and options."""
        pipeline = self.transcription(engine, language=language, **knobs)
        return self.run(pipeline, sound, channel=channel, resume=resume)

    @checked
    def diarize(self, sound: Sound, engine: str | None = None, **knobs: Any) -> Diarization:
        """Who spoke when. ``knobs`` as in :meth:`transcribe`, among them ``speakers`` where their number is known."""
        spec = self.engine(Kind.DIARIZE, engine)
        return self.run({"title": "Diarize", "stage": [{"use": spec.name, **told(knobs)}]}, sound).diarization

    @checked
    def denoise(self, sound: Sound, engine: str | None = None, **knobs: Any) -> Audio:
        """The recording without its noise. ``knobs`` as in :meth:`transcribe`, among them ``attenuation_limit_db``."""
        spec = self.engine(Kind.DENOISE, engine)
        pipeline = {"title": "Denoise", "stage": [{"use": spec.name, **told(knobs)}]}
        return Audio.join(self.sound(pipeline, sound))

    @checked
    def soundcheck(self, sound: Sound) -> SoundCheck:
        """What a recording is like: level, clipping, noise, bandwidth, channels and silence, with advice in words.

        Memory hardly grows with the length. Raises AudioError.
        """
        return sound_check(Source(sound), self.pool, self.plugins)

    @checked
    def provenance(self, sound: str | Path | BinaryIO) -> Origin:
        """Whether a file says that an engine made it: by the mark in its sound, and by its label.

        Raises AudioError.
        """
        return origin(sound, watermark(self.pool.context))

    @cached_property
    def voices(self) -> Any:
        """The people whom diarization knows by their voices: a :class:`speechlab.voices.Voices`."""
        return loaded("speechlab.voices:Voices")(self)
