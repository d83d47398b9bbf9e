"""Moonshine's English recognizer: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from speechlab import AsrOptions, EngineSpec, Kind, Params, Weights, hookimpl

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")

WEIGHTS = Weights(
    id="moonshine-tiny-en",
    files=FILES,
    packages={name: [f"moonshine_voice/assets/tiny-en/{name}"] for name in FILES},
    sha256={
        "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
        "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
        "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
    },
    install="moonshine-voice==0.1.0",
)
"""The makers' own tiny English model, which lies in their package."""


class MoonshineParams(Params):
    """What is needed to load the recognizer."""

    folder: Annotated[str | None, Field(json_schema_extra={"advanced": True, "owner": True})] = None
    """Folder with other weights of Moonshine; empty for the tiny model that comes with its package."""
    model_arch: Annotated[Literal["tiny", "base"], Field(json_schema_extra={"advanced": True})] = "tiny"
    """Size of the network in that folder."""


class MoonshineOptions(AsrOptions):
    """What may change at each call."""

    update_interval: Annotated[float, Field(ge=0.1, le=5)] = 0.5
    """Seconds of sound between two readings of what is being said, when it streams: fewer cost more."""
    min_silence_duration_ms: Annotated[int, Field(ge=100, le=5000)] = 600
    """When it streams, a pause of this length settles what was said."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The recognizer."""
    register(
        EngineSpec(
            id="moonshine",
            kind=Kind.ASR,
            load="speechlab_moonshine.engine:Moonshine",
            params=MoonshineParams,
            options=MoonshineOptions,
            languages=("en",),
            sample_rate=16_000,
            window=15.0,
            # Shorter than the silence for which the host's detector waits, so that text is final when an end is told.
            live={"min_silence_duration_ms": 400},
            requires=("moonshine_voice",),
            install="speechlab-moonshine",
            weights=(WEIGHTS,),
            license="MIT",
            weights_license="MIT",
            homepage="https://github.com/moonshine-ai/moonshine",
            summary="Small and fast for English, in recordings and live; no word times.",
        )
    )
