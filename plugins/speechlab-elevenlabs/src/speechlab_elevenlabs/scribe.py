"""The recognizer of recordings: Scribe, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speechlab import Audio, Context, Segment, Span

from . import ScribeOptions, ServiceParams
from .account import ONCE, Account
from .languages import bcp47, iso
from .sound import pcm16
from .words import segments

SHORTEST = 0.1
"""Seconds in which nobody says a word."""


class Scribe:
    """Recognition by one account. Threads may share it."""

    def __init__(self, params: ServiceParams, _: Context) -> None:
        self._account = Account(params)

    def transcribe(self, audio: Audio, options: ScribeOptions) -> Iterator[Segment]:
        """What is said, sentence by sentence. Raises ConfigError, EngineUnavailable and EngineFailed."""
        if audio.duration < SHORTEST:
            return
        request: dict[str, Any] = {
            "model_id": options.model,
            "file": ("speech.pcm", pcm16(audio), "application/octet-stream"),
            "file_format": "pcm_s16le_16",  # which is understood sooner than a file
            "timestamps_granularity": "word",
            "tag_audio_events": False,
            "diarize": False,
            "no_verbatim": options.no_verbatim,
            "enable_logging": self._account.enable_logging,
            "request_options": ONCE,
        }
        chosen = {
            "language_code": iso(options.language),
            "keyterms": list(options.keyterms),
            "temperature": options.temperature,
            "seed": options.seed,
        }
        request |= {name: value for name, value in chosen.items() if value not in (None, [])}
        told: Any = self._account.ask(lambda: self._account.client.speech_to_text.convert(**request))
        language = options.language or bcp47(told.language_code)
        yield from segments(told.text, told.words or (), language, Span(audio.start, audio.end))

    def close(self) -> None:
        """Hang up."""
        self._account.close()
