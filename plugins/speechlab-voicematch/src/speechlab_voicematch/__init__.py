"""Voice matching, without torch: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field
from speechlab_kokoro import ALPHABET, MODEL, KokoroOptions, KokoroParams

from speechlab import EngineSpec, Kind, Params, Scale, Weights, hookimpl

ENCODER, VOICES = "ge2e.onnx", "kokoro.npz"

WEIGHTS = Weights(
    id="voicematch-ge2e",
    files=(ENCODER, VOICES),
    packages={name: (f"speechlab_voicematch/weights/{name}",) for name in (ENCODER, VOICES)},
    sha256={
        ENCODER: "e50402ffdef618128a7274b3bf318e09b9cb4ed402fb3c11b07fafc7c39d7d37",
        VOICES: "d56215d65f17bdb4cfedfc77beff83f343857ef600e50b13a3957a50e0f5d52c",
    },
    install="speechlab-voicematch",
)
"""Resemblyzer's speaker encoder as ONNX, and how Kokoro's voices sound to it; both lie in this package."""


class VoicematchOptions(KokoroOptions):
    """What may change at each call."""

    transfer: Annotated[float, Field(ge=0, le=0.6)] = 0.3
    """How much of each sound is taken from the same sound in the reference; more is more alike and less clear. It needs
    speechlab-whisper, and is 0 without it."""
    language: str | None = None
    """Language of the text as a BCP-47 code; empty for the one given when the voice was matched, else English."""


class ConversionOptions(Params):
    """What may change at each conversion."""

    transfer: Annotated[float, Field(ge=0, le=1)] = 0.8
    """How far each sound goes from how it was said to how the person says it; more is more alike and less clear. It
    needs speechlab-whisper, and is 0 without it."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer and the voice converter."""
    register(
        EngineSpec(
            id="voicematch",
            kind=Kind.TTS,
            load="speechlab_voicematch.engine:Voicematch",
            params=KokoroParams,
            options=VoicematchOptions,
            features=frozenset({"voice_matching", "word_times", "words_only"}),
            languages=("en-US", "en-GB", "es", "fr", "hi", "it", "ja", "pt-BR", "zh"),
            sample_rate=24_000,
            likeness=Scale(same=0.87, different=0.55),
            concurrent=True,
            requires=("onnxruntime", "pyworld", "scipy", "soxr"),
            install="speechlab-voicematch",
            weights=(WEIGHTS, MODEL, ALPHABET),
            license="Apache-2.0",
            weights_license="Apache-2.0",
            homepage="https://github.com/resemble-ai/Resemblyzer",
            summary="Voice matching on a CPU: a blend of Kokoro's voices, brought nearer to a person's by pitch,"
            " formants and spectrum. It comes part of the way from a stranger to the person.",
        )
    )
    register(
        EngineSpec(
            id="voicematch",
            kind=Kind.CONVERT,
            load="speechlab_voicematch.converter:Conversion",
            params=KokoroParams,
            options=ConversionOptions,
            features=frozenset({"voice_matching"}),
            sample_rate=24_000,
            window=30.0,
            concurrent=True,
            requires=("onnxruntime", "pyworld", "scipy", "soxr"),
            install="speechlab-voicematch",
            weights=(WEIGHTS, MODEL, ALPHABET),
            license="Apache-2.0",
            weights_license="Apache-2.0",
            homepage="https://github.com/mmorise/World",
            summary="Voice matching of recordings on a CPU, without a download: pitch, formants, spectrum and sounds"
            " are brought nearer to a person's. It comes part of the way from the speaker to the person.",
        )
    )
