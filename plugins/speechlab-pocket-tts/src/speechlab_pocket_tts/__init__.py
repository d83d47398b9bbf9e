"""Pocket TTS, which learns a voice from a clip: what the host needs to know of it before torch is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, Weights, hookimpl

OPEN = "kyutai/pocket-tts-without-voice-cloning"
"""The repository that anybody may fetch."""
NETWORK = Weights(
    id="pocket-tts-english",
    files=("languages/english/model.safetensors",),
    hub=OPEN,
    revision="a7056f505a4a8ca72d8b5fb1440071d6f1a35739",
)
TOKENIZER = Weights(
    id="pocket-tts-english-tokenizer",
    files=("languages/english/tokenizer.json",),
    hub=OPEN,
    revision="00eac05ed3d16bdc3f6b5d598874019c34a89214",
)
ALBA = Weights(
    id="pocket-tts-english-alba",
    files=("languages/english/embeddings/alba.safetensors",),
    hub=OPEN,
    revision="a7056f505a4a8ca72d8b5fb1440071d6f1a35739",
)
"""What English needs, in the voice that is meant where none is named."""


class PocketParams(Params):
    """What is needed to load it."""

    size: Literal["small", "large"] = "small"
    """The large networks have four times as many layers: finer, and slower."""
    folder: Annotated[str | None, Field(json_schema_extra={"owner": True})] = None
    """Folder with networks of your own, laid out as on the hub: languages/english/ with model.safetensors,
    tokenizer.json, voices as embeddings/*.safetensors and, for a network that was not published, its config.yaml."""


class PocketOptions(Params):
    """What may change at each call."""

    language: str | None = None
    """Language of the text as a BCP-47 code; empty for the voice's own."""
    temperature: Annotated[float, Field(ge=0, le=1.5)] = 0.3
    """How freely it speaks: more is livelier, and less sure to say what is written."""
    seed: Annotated[int | None, Field(ge=0, json_schema_extra={"advanced": True})] = None
    """A number with which the same text is spoken the same way each time; empty for another delivery each time."""
    steps: Annotated[int, Field(ge=1, le=16, json_schema_extra={"advanced": True})] = 1
    """Steps in which each piece of sound is found; more take longer."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The synthesizer."""
    register(
        EngineSpec(
            id="pocket-tts",
            kind=Kind.TTS,
            load="speechlab_pocket_tts.engine:PocketTts",
            params=PocketParams,
            options=PocketOptions,
            features=frozenset({"cloning", "words_only"}),
            languages=("en", "fr", "de", "pt", "it", "es", "nl"),
            sample_rate=24_000,
            requires=("pocket_tts", "torch", "soxr", "yaml"),
            install="speechlab-pocket-tts",
            weights=(NETWORK, TOKENIZER, ALBA),
            license="Apache-2.0 AND MIT",
            weights_license="CC-BY-4.0",
            homepage="https://github.com/kyutai-labs/pocket-tts",
            summary="Learns a voice from a few seconds of it and speaks seven languages in it, on a CPU; the weights"
            " that learn are given by the hub to who has accepted their terms.",
        )
    )
