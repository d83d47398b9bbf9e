"""The voice converter: a recording goes out, the same words come back in another voice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from speechlab import Audio, ConfigError, Context, Voice

from . import ConversionOptions, ServiceParams
from .account import Account
from .sound import audio, flac
from .speaking import CHUNK, set_by
from .voices import Voices

SHORTEST = 0.1
"""Seconds; what is shorter is no speech, and is left out."""


class Converter:
    """Speech to speech by one account. Threads may share it."""

    def __init__(self, params: ServiceParams, _: Context) -> None:
        self._account = Account(params)
        self._voices = Voices(self._account)

    def voices(self) -> list[Voice]:
        """The voices of the account, in the service's order."""
        return self._voices.all()

    def convert(self, sound: Audio, voice: str, options: ConversionOptions) -> Iterator[Audio]:
        """The same words in another voice, while they are made. Raises as the synthesizer does."""
        if not voice:
            raise ConfigError("conversion needs a voice to convert into", hint="name a voice of the ElevenLabs account")
        if sound.duration < SHORTEST:
            return
        id, clip, settings = self._voices.id(voice), flac(sound), set_by(options)
        request: dict[str, Any] = {
            "audio": ("speech.flac", clip, "audio/flac"),
            "model_id": options.model,
            "output_format": options.output_format,
            "remove_background_noise": options.remove_background_noise,
            "enable_logging": self._account.enable_logging,
            "request_options": CHUNK,
        }
        if settings:
            request["voice_settings"] = json.dumps(settings)  # here, and only here, the service wants text
        if options.seed is not None:
            request["seed"] = options.seed
        convert = self._account.client.speech_to_speech.stream
        for piece in audio(self._account.stream(lambda: convert(id, **request)), options.output_format):
            yield Audio(piece.samples, piece.sample_rate, sound.start + piece.start)

    def close(self) -> None:
        """Hang up."""
        self._account.close()
