"""The synthesizer: text over HTTP or a WebSocket, sound back while it is made; and instant clones of a voice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import quoteattr

from elevenlabs import VoiceSettings
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import ClientConnection

from speechlab import Audio, Consent, Context, Quote, SynthesisChunk, Voice, pronounced, sentences

from . import ServiceParams, SpeechOptions
from .account import ONCE, Account
from .charges import Charges
from .languages import FIXED, iso
from .sound import audio
from .timing import Piece, Timing
from .voices import Voices

SETTINGS = ("stability", "similarity_boost", "style", "use_speaker_boost", "clone_strength")
SLOWEST, FASTEST = 0.7, 1.2
"""Times the usual pace, between which the service speaks."""
PHONETIC = frozenset({"eleven_flash_v2", "eleven_turbo_v2", "eleven_monolingual_v1"})
"""Models that read marks for sounds; they know English only."""
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
            pieces = self._pieces(text, voice, options, timed=False)
            yield from audio((piece.sound for piece in pieces), options.output_format)

    def synthesize_timed(self, text: str, voice: str | None, options: SpeechOptions) -> Iterator[SynthesisChunk]:
        """The same, with the times that the service tells."""
        if any(map(str.isalnum, text)):
            timing = Timing(options.output_format)
            last: Audio | None = None
            for last in audio(timing.heard(self._pieces(text, voice, options, timed=True)), options.output_format):
                yield SynthesisChunk(audio=last, words=timing.told())
            if last is not None and (left := timing.told()):
                yield SynthesisChunk(audio=Audio(last.samples[:, :0], last.sample_rate, last.end), words=left)

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

    def _pieces(self, text: str, voice: str | None, options: SpeechOptions, *, timed: bool) -> Iterator[Piece]:
        id = self._voices.id(voice)
        quote = self._charges.quote(text, options.model)
        self._tell(PRICE, str(quote))  # unless somebody has asked
        if not SLOWEST <= options.speed <= FASTEST:
            self._tell(
                options.speed, f"ElevenLabs speaks at {SLOWEST} to {FASTEST} times the usual pace, not {options.speed}"
            )
        text = self._sounding(text, options)
        realtime = options.delivery == "realtime"
        send = self._over_socket if realtime else self._over_http
        for number, piece in enumerate(send(text, id, options, timed=timed)):
            if not number:
                self._charges.spend(quote)
            yield piece

    def _sounding(self, text: str, options: SpeechOptions) -> str:
        """The text with the sounds of words in the marks that some models read."""
        parts = pronounced(text, options.pronunciations)
        if any(ipa for _, ipa in parts) and options.model not in PHONETIC:
            models = " or ".join(sorted(PHONETIC))
            self._tell("sounds", f"{options.model} takes no sounds, and reads words as they are written: {models} does")
            return text
        marked = (
            f'<phoneme alphabet="ipa" ph={quoteattr(ipa)}>{part}</phoneme>' if ipa else part for part, ipa in parts
        )
        return "".join(marked)

    def _tell(self, about: object, message: str) -> None:
        """Once is enough."""
        if about not in self._told:
            self._told.add(about)
            self._context.report(message)

    def _over_http(self, text: str, id: str, options: SpeechOptions, *, timed: bool) -> Iterator[Piece]:
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
        streams = options.delivery == "stream"
        if timed:
            ask_timed = client.stream_with_timestamps if streams else client.convert_with_timestamps
            answers = self._account.stream(lambda: _each(ask_timed(id, **request)))
            return (Piece.of_answer(answer) for answer in answers)
        ask = client.stream if streams else client.convert
        return (Piece(sound) for sound in self._account.stream(lambda: ask(id, **request)))

    def _over_socket(self, text: str, id: str, options: SpeechOptions, *, timed: bool) -> Iterator[Piece]:
        """As the client's own ``convert_realtime`` does, which knows no language, cannot be kept from logging the key,
        and waits for ever."""
        query = [
            ("model_id", options.model),
            ("output_format", options.output_format),
            ("apply_text_normalization", options.apply_text_normalization),
            *([("sync_alignment", "true")] if timed else []),
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
                    yield Piece.of_message(told)
                elif told.get("error") or told.get("message"):
                    raise self._account.told(told)

    def _answers(self, socket: ClientConnection) -> Iterator[dict[str, Any]]:
        """Messages, until the last one, or until the service hangs up as one who is done."""
        with suppress(ConnectionClosedOK):
            while not (told := json.loads(socket.recv(self._account.timeout))).get("isFinal"):
                yield told


def _each(answer: Any) -> Iterator[Any]:
    """What a request answers piece by piece, or all at once."""
    yield from answer if hasattr(answer, "__next__") else [answer]


def set_by(options: Any) -> dict[str, Any]:
    """The settings of the voice that somebody chose; the others stay as they are in the account."""
    chosen = {name: value for name in SETTINGS if (value := getattr(options, name, None)) is not None}
    if getattr(options, "speed", 1.0) != 1.0:
        chosen["speed"] = min(FASTEST, max(SLOWEST, options.speed))
    return chosen
