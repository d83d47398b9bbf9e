"""A synthesizer that learns voices, one that only likens its own, and a converter: of each everything is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from speechlab import (
    Audio,
    ConfigError,
    Consent,
    Context,
    EngineSpec,
    Kind,
    Params,
    TtsOptions,
    Voice,
    hookimpl,
)

RATE = 16_000


class Manner(TtsOptions):
    """How the doubles speak."""

    warmth: float = 0.0
    """How warm."""


class Parrot:
    """Has two voices, learns more, and forgets those when it is unloaded."""

    taught: ClassVar[list[tuple[float, Consent, Any]]] = []
    asked: ClassVar[list[tuple[str, str | None, Any]]] = []

    def __init__(self, params: Params, context: Context) -> None:
        self._learnt: list[Voice] = []

    def voices(self) -> list[Voice]:
        return [Voice("ann", "Ann", ("en",)), Voice("bob", "Bob", ("en",)), *self._learnt]

    def clone(self, reference: Audio, consent: Consent, options: Manner) -> Voice:
        Parrot.taught.append((reference.duration, consent, options))
        voice = Voice(f"clone-{reference.digest[:8]}", consent.person, ("en",), "tts/parrot", reference.digest, consent)
        self._learnt.append(voice)
        return voice

    def synthesize(self, text: str, voice: str | None, options: Manner) -> Iterator[Audio]:
        Parrot.asked.append((text, voice, options))
        if voice not in {None, *(one.id for one in self.voices())}:
            raise ConfigError(f"there is no voice {voice!r}", hint="name another")
        yield tone(0.5)


class Twin(Parrot):
    """Another that learns voices."""


class Flaky(Parrot):
    """Learns nothing: it breaks."""

    def clone(self, reference: Audio, consent: Consent, options: Manner) -> Voice:
        raise RuntimeError("out of memory")


class Mute:
    """Learns no voices."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> list[Voice]:
        return [Voice("ann"), Voice("me")]

    def synthesize(self, text: str, voice: str | None, options: Any) -> Iterator[Audio]:
        Parrot.asked.append((text, voice, options))
        yield tone(0.5)


class Changer:
    """A voice converter that learns voices, and gives its work in small pieces."""

    asked: ClassVar[list[tuple[float, str]]] = []

    def __init__(self, params: Params, context: Context) -> None: ...

    def clone(self, reference: Audio, consent: Consent, options: Params) -> Voice:
        return Voice(f"target-{reference.digest[:8]}", consent.person, consent=consent)

    def convert(self, audio: Audio, voice: str, options: Params) -> Iterator[Audio]:
        Changer.asked.append((audio.duration, voice))
        for part in audio.chunks(0.5):
            yield Audio(-part.samples, part.sample_rate, part.start)


class VoicePlugin:
    """All of them."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for id, load, features in (
            ("parrot", Parrot, {"cloning"}),
            ("twin", Twin, {"voice_matching"}),
            ("flaky", Flaky, {"cloning"}),
            ("mute", Mute, set()),
        ):
            register(EngineSpec(id=id, kind=Kind.TTS, load=load, options=Manner, features=frozenset(features)))
        register(EngineSpec(id="far", kind=Kind.TTS, load=Twin, options=Manner, local=False))
        register(EngineSpec(id="changer", kind=Kind.CONVERT, load=Changer))


def tone(seconds: float, hertz: float = 200.0, rate: int = RATE) -> Audio:
    """Somebody speaking, to these doubles."""
    at = np.arange(round(seconds * rate)) / rate
    return Audio((0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32), rate)


def speech(seconds: float, *, noise: float = 0.0005, gain: float = 1.0, rate: int = 24_000, seed: int = 0) -> Audio:
    """Syllables with pauses between them, in a little hiss: speech, to a sound check."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 140 * n * at) / n for n in range(1, 60, 3) if 140 * n < rate / 2)
    syllables = np.clip(np.sin(2 * np.pi * 1.1 * at) * 3, 0, 1)
    return Audio((gain * 0.2 * syllables * voice + noise * rng.standard_normal(len(at))).astype(np.float32), rate)
