"""How a client of the Realtime protocol wants to be heard: its session's configuration, and the pipeline for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from ...engines import Kind
from ...errors import ConfigError, EngineUnavailable
from ...lab import Lab
from ...params import Params
from ...pipeline import Pipeline
from ..asked import Asked, Task, plan
from ..pcm import Coding, Pcm

NULLS = frozenset({"turn_detection", "noise_reduction"})
"""Fields for which null is a value; for any other it means "as it was at first"."""
FLAT = {
    "input_audio_transcription": "transcription",
    "input_audio_noise_reduction": "noise_reduction",
    "turn_detection": "turn_detection",
}
"""What the protocol's first version, which had no ``audio``, called the fields of ``audio.input``."""
FLAT_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
FLAT_ONLY = frozenset({"modalities", "client_secret"})
"""Fields of the first version that mean nothing here."""
MIDDLE = 0.5
"""OpenAI's threshold for speech where nobody says another."""


class Wrong(ConfigError):
    """Something that a client should not have sent, in the protocol's terms."""

    def __init__(self, message: str, code: str, param: str | None = None, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code, self.param = code, param


class Format(Params):
    """How the sound is coded."""

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"] = "audio/pcm"
    """PCM of 16 bits, or G.711's mu-law or A-law."""
    rate: Annotated[int, Field(ge=4000, le=192_000)] | None = None
    """Samples a second: of PCM 24000 where nothing else is said, of G.711 always 8000."""

    @property
    def pcm(self) -> Pcm:
        """A stream of it."""
        if self.type == "audio/pcm":
            return Pcm(Coding.PCM16, self.rate or 24_000)
        return Pcm(Coding.ULAW if self.type == "audio/pcmu" else Coding.ALAW, 8_000)


class Transcription(Params):
    """What recognises it."""

    model: str = ""
    """An engine's id, ``engine:model``, or any of OpenAI's names for the default engine."""
    language: str | None = None
    """Language of the speech as a BCP-47 code; without it, it is detected."""
    languages: tuple[str, ...] | None = None
    """Taken where there is one alone."""
    prompt: str | None = None
    """Text that comes before, for engines that can be guided."""
    keywords: tuple[str, ...] = ()
    """Words that are likely to be said, for engines that take them."""
    delay: str | None = None
    """Means nothing here."""


class NoiseReduction(Params):
    """Whether noise is taken out before anything else hears the sound."""

    type: Literal["near_field", "far_field"] | None = None
    """Both mean the same denoiser, where one is installed."""
    strength: float | None = None
    """Means nothing here."""


class ServerVad(Params):
    """How the ends of what is said are found."""

    type: Literal["server_vad"] = "server_vad"
    """The only kind there is here."""
    threshold: Annotated[float, Field(ge=0, le=1)] = MIDDLE
    """From 0, where all is speech, to 1; in the middle is what the detector itself does."""
    prefix_padding_ms: Annotated[int, Field(ge=0, le=2000)] = 300
    """How much more is heard before and behind what is said."""
    silence_duration_ms: Annotated[int, Field(ge=0, le=10_000)] = 500
    """How long a silence ends it."""
    create_response: bool | None = None
    """Means nothing here."""
    interrupt_response: bool | None = None
    """Means nothing here."""
    idle_timeout_ms: int | None = None
    """Means nothing here."""


class Input(Params):
    """What comes in."""

    format: Format = Format()
    """How it is coded."""
    transcription: Transcription = Transcription()
    """What recognises it."""
    noise_reduction: NoiseReduction | None = None
    """None: none."""
    turn_detection: ServerVad | None = ServerVad()
    """None: the client commits what it has said."""


class Sound(Params):
    """All about sound."""

    input: Input = Input()
    """What comes in; nothing goes out."""


class Setup(Params):
    """A session's configuration."""

    type: Literal["transcription"] = "transcription"
    """The only kind of session there is here."""
    audio: Sound = Sound()
    """All about sound."""
    include: tuple[str, ...] = ()
    """Means nothing here: there are no log probabilities."""

    def updated(self, given: object) -> Setup:
        """The configuration with what a client sent. Raises Wrong."""
        if not isinstance(given, Mapping):
            raise Wrong("session is an object", "invalid_type", "session")
        if given.get("type", "transcription") != "transcription":
            raise Wrong(
                f"sessions of type {given['type']!r} are not held here: this lab writes down what is said",
                "invalid_value",
                "session.type",
                hint='send "type": "transcription"',
            )
        try:
            return type(self).model_validate(_merged(self.model_dump(exclude_unset=True), given))
        except ValidationError as error:
            raise _told(error) from None

    @property
    def input(self) -> Input:
        """What comes in."""
        return self.audio.input

    def shape(self, id: str, ignored: tuple[str, ...]) -> dict[str, Any]:
        """All of it, as the protocol shows it; ``ignored`` are fields that have no effect."""
        whole = self.model_dump(mode="json")
        whole["audio"]["input"]["format"]["rate"] = self.input.format.pcm.sample_rate
        return {
            "object": "realtime.transcription_session",
            "id": id,
            **whole,
            "include": list(self.include) or None,
            "ignored": list(ignored),
        }

    def flat_shape(self, id: str, ignored: tuple[str, ...]) -> dict[str, Any]:
        """The same as the protocol's first version shows it."""
        told = self.input.model_dump(mode="json")
        names = {meant: name for name, meant in FLAT_FORMATS.items()}
        return {
            "object": "realtime.transcription_session",
            "id": id,
            "input_audio_format": names[self.input.format.type],
            **{name: told[meant] for name, meant in FLAT.items()},
            "ignored": list(ignored),
        }


def unflat(given: object) -> object:
    """What the protocol's first version says, as the second does. Raises Wrong."""
    if not isinstance(given, Mapping) or "audio" in given:
        return given
    rest = {name: value for name, value in given.items() if name not in FLAT_ONLY}
    heard = {FLAT[name]: rest.pop(name) for name in [*rest] if name in FLAT}
    if (format := rest.pop("input_audio_format", None)) is not None:
        if format not in FLAT_FORMATS:
            known = ", ".join(FLAT_FORMATS)
            raise Wrong(f"there is no format {format!r}; there are {known}", "invalid_value", "input_audio_format")
        heard["format"] = {"type": FLAT_FORMATS[format]}
    return {**rest, "audio": {"input": heard}}


def pipeline(lab: Lab, setup: Setup, model: str) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline that hears such a session, and the fields that have no effect on it; ``model`` is meant where the
    configuration names none. Raises SpeechLabError."""
    wanted, vad = setup.input.transcription, setup.input.turn_detection
    language = wanted.language or (wanted.languages[0] if wanted.languages and len(wanted.languages) == 1 else None)
    asked = Asked(model=wanted.model or model, language=language, prompt=wanted.prompt, keywords=wanted.keywords)
    made = plan(lab, Task.TRANSCRIBE, asked, {})
    ignored = [f"audio.input.transcription.{name}" for name in made.ignored]
    heard = made.pipeline if vad is None else _detecting(made.pipeline, vad)
    if setup.input.noise_reduction is not None:
        try:
            denoiser = lab.engine(Kind.DENOISE)
        except EngineUnavailable:
            ignored.append("audio.input.noise_reduction")
        else:
            steps = lab.pipeline({"stage": [{"use": denoiser.name, "recognise": "clean"}]}).steps
            heard = replace(heard, steps=(*steps, *heard.steps))
    return heard, tuple(ignored)


def _detecting(heard: Pipeline, vad: ServerVad) -> Pipeline:
    """The pipeline with the client's wishes for its detector, as far as that has such parameters."""
    steps = []
    for step in heard.steps:
        known = {knob.name: knob for knob in step.knobs} if step.spec.kind is Kind.VAD else {}
        values: dict[str, Any] = {}
        if "threshold" in known:
            values["threshold"] = scaled(vad.threshold, known["threshold"].default)
        if "speech_pad_ms" in known:
            values["speech_pad_ms"] = vad.prefix_padding_ms
        if "min_silence_duration_ms" in known:
            values["min_silence_duration_ms"] = vad.silence_duration_ms
        steps.append(step.having(values) if values else step)
    return replace(heard, steps=tuple(steps))


def scaled(threshold: float, default: float) -> float:
    """OpenAI's threshold on a detector's own scale: 0 and 1 stay, and the middle is the detector's default.

    >>> scaled(0.5, 0.5), scaled(0.5, 0.02), scaled(0.25, 0.02), scaled(1.0, 0.02)
    (0.5, 0.02, 0.01, 1.0)
    """
    if threshold <= MIDDLE:
        return default * threshold / MIDDLE
    return default + (1 - default) * (threshold - MIDDLE) / (1 - MIDDLE)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before, and over it what is said now; a format is one thing, and replaced as a whole."""
    whole = dict(old)
    for name, value in new.items():
        before = whole.get(name)
        if value is None and name not in NULLS:
            whole.pop(name, None)
        elif isinstance(before, Mapping) and isinstance(value, Mapping) and name != "format":
            whole[name] = _merged(before, value)
        else:
            whole[name] = {k: v for k, v in value.items() if v is not None} if isinstance(value, Mapping) else value
    return whole


def _told(error: ValidationError) -> Wrong:
    first = error.errors()[0]
    param = ".".join(["session", *(str(part) for part in first["loc"])])
    if first["type"] == "extra_forbidden":
        return Wrong(f"there is no parameter {param!r}", "unknown_parameter", param)
    return Wrong(f"{param}: {first['msg']}, not {first['input']!r}", "invalid_value", param)
