"""The synthesizer: text over HTTP or a WebSocket, sound back while it is made; and instant clones of a voice."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from elevenlabs import VoiceSettings
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import ClientConnection

from speechlab import Audio, Consent, Context, Quote, Voice, sentences

from . import ServiceParams, SpeechOptions
from .account import ONCE, Account
from .charges import Charges
from .languages import FIXED, iso
from .sound import audio
from .voices import Voices

SETTINGS = ("stability", "similarity_boost", "style", "use_speaker_boost", "clone_strength")
SLOWEST, FASTEST = 0.7, 1.2
"""Times the usual pace, between which the service speaks."""
SCHEDULE = (50, 120, 160, 290)
"""Over the WebSocket, characters that are waited for before each next piece is made: the first soon, the rest well."""
PRICE = "price"
CHUNK: Any = {**ONCE, "chunk_size": 4096}


class Speaker:
    """The voices of one account. Threads may share it."""

    def __init__(self, params: ServiceParams, context: Context) -> None:
        self._account = Account(params)
        self._charges = Charges(self._account)
        self._voices = Voices(self._account)
        self._context = context
        self._told: set[object] = set()

    def voices(self) -> list[Voice]:
        """The voices of the account, in the service's order."""
        return self._voices.all()

    def quote(self, text: str, options: SpeechOptions) -> Quote:
        """What the service will charge for a text, told without sending it."""
        self._told.add(PRICE)
        return self._charges.quote(text, options.model)

    def synthesize(self, text: str, voice: str | None, options: SpeechOptions) -> Iterator[Audio]:
        """The text as sound, while it is made.

        Raises ConfigError for a voice or a model that the account lacks, EngineUnavailable for a key that is not
        accepted or credits that are spent, EngineFailed where the service is busy or hangs up.
        """
        if any(map(str.isalnum, text)):  # of anything else the service makes an error, or charges for noise
            yield from audio(self._bytes(text, voice, options), options.output_format)

    def clone(self, reference: Audio, consent: Consent, options: SpeechOptions) -> Voice:
        """A new voice of the account, called after the person; the clip and the ground of consent are sent along."""
        cleaned = options.remove_background_noise
        voice, unverified = self._voices.clone(reference, consent, options.language, cleaned=cleaned)
        if unverified:
            self._context.report(
                f"ElevenLabs speaks with {voice.name!r} only once the speaker has verified the voice at elevenlabs.io"
            )
        return voice

    def delete(self, voice: str) -> None:
        """Take a voice out of the account."""
        self._voices.delete(voice)

    def close(self) -> None:
        """Hang up."""
        self._account.close()

    def _bytes(self, text: str, voice: str | None, options: SpeechOptions) -> Iterator[bytes]:
        id = self._voices.id(voice)
        quote = self._charges.quote(text, options.model)
        self._tell(PRICE, str(quote))  # unless somebody has asked
        if not SLOWEST <= options.speed <= FASTEST:
            self._tell(
                options.speed, f"ElevenLabs speaks at {SLOWEST} to {FASTEST} times the usual pace, not {options.speed}"
            )
        send = self._over_socket if options.delivery == "realtime" else self._over_http
        for number, data in enumerate(send(text, id, options)):
            if not number:
                self._charges.spend(quote)
            yield data

    def _tell(self, about: object, message: str) -> None:
        """Once is enough."""
        if about not in self._told:
            self._told.add(about)
            self._context.report(message)

    def _over_http(self, text: str, id: str, options: SpeechOptions) -> Iterator[bytes]:
        client, settings = self._account.client.text_to_speech, set_by(options)
        request: dict[str, Any] = {
            "text": text,
            "model_id": options.model,
            "output_format": options.output_format,
            "apply_text_normalization": options.apply_text_normalization,
            "optimize_streaming_latency": options.optimize_streaming_latency,
            "enable_logging": self._account.enable_logging,
            "request_options": CHUNK,
        }
        if settings:
            request["voice_settings"] = VoiceSettings(**settings)
        if options.seed is not None:
            request["seed"] = options.seed
        if options.language and options.model not in FIXED:
            request["language_code"] = iso(options.language)
        ask = client.stream if options.delivery == "stream" else client.convert
        return self._account.stream(lambda: ask(id, **request))

    def _over_socket(self, text: str, id: str, options: SpeechOptions) -> Iterator[bytes]:
        """As the client's own ``convert_realtime`` does, which knows no language, cannot be kept from logging the key,
        and waits for ever."""
        query = [
            ("model_id", options.model),
            ("output_format", options.output_format),
            ("apply_text_normalization", options.apply_text_normalization),
        ]
        if options.language and options.model not in FIXED:
            query.append(("language_code", iso(options.language) or ""))
        if options.seed is not None:
            query.append(("seed", str(options.seed)))
        if options.optimize_streaming_latency is not None:
            query.append(("optimize_streaming_latency", str(options.optimize_streaming_latency)))
        first = {
            "text": " ",
            "voice_settings": set_by(options) or None,
            "generation_config": {"chunk_length_schedule": SCHEDULE},
        }
        parts = [{"text": part.strip() + " "} for part in sentences(text, options.language) if part.strip()]
        path = ("v1", "text-to-speech", id, "stream-input")
        with self._account.explains(), self._account.socket(path, query) as socket:
            for message in (first, *parts, {"text": ""}):
                socket.send(json.dumps(message))
            for told in self._answers(socket):
                if told.get("audio"):
                    yield base64.b64decode(told["audio"])
                elif told.get("error") or told.get("message"):
                    raise self._account.told(told)

    def _answers(self, socket: ClientConnection) -> Iterator[dict[str, Any]]:
        """Messages, until the last one, or until the service hangs up as one who is done."""
        with suppress(ConnectionClosedOK):
            while not (told := json.loads(socket.recv(self._account.timeout))).get("isFinal"):
                yield told


def set_by(options: Any) -> dict[str, Any]:
    """The settings of the voice that somebody chose; the others stay as they are in the account."""
    chosen = {name: value for name in SETTINGS if (value := getattr(options, name, None)) is not None}
    if getattr(options, "speed", 1.0) != 1.0:
        chosen["speed"] = min(FASTEST, max(SLOWEST, options.speed))
    return chosen
