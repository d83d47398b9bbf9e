"""Silero's voice activity detector: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from speechlab import EngineSpec, Kind, Params, VadOptions, Weights, hookimpl

NETWORK = "silero_vad_16k_sessions.onnx"

WEIGHTS = Weights(
    id="silero-vad-6.2",
    files=[NETWORK],
    packages={NETWORK: [f"speechlab_silero/weights/{NETWORK}"]},
    sha256={NETWORK: "8fb6537591545c9cb9602e55b96157e9921f49fb27780d03021578b2f553fee3"},
    install="speechlab-silero",
)
"""Silero VAD 6.2, which lies in this package."""


class SileroParams(Params):
    """What is needed to load the detector."""

    folder: Annotated[str | None, Field(json_schema_extra={"advanced": True, "owner": True})] = None
    """Folder with another silero_vad_16k_sessions.onnx to use; empty for the one that comes with the plugin."""


class SileroOptions(VadOptions):
    """When sound counts as speech."""

    neg_threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(None, json_schema_extra={"advanced": True})
    """Speech probability below which a window counts as silence again; empty for 0.15 below the threshold."""
    max_speech_duration_s: Annotated[float, Field(ge=1)] | None = Field(None, json_schema_extra={"advanced": True})
    """Speech that goes on for more seconds is split at its longest pause; empty to leave it whole."""

    @field_validator("neg_threshold")
    @classmethod
    def _below_threshold(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value > info.data.get("threshold", 1):
            raise ValueError("should not be above threshold")
        return value

    @field_validator("max_speech_duration_s")
    @classmethod
    def _room_for_padding(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value < 2 * info.data.get("speech_pad_ms", 0) / 1000 + 0.1:
            raise ValueError("should be longer than speech_pad_ms on both sides")
        return value


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The detector."""
    register(
        EngineSpec(
            id="silero",
            kind=Kind.VAD,
            load="speechlab_silero.engine:Silero",
            params=SileroParams,
            options=SileroOptions,
            sample_rate=16_000,
            concurrent=True,
            features=frozenset({"scores"}),
            # Recognizers make about two points fewer word errors than with 500, and their text is final no later after
            # the end is told, since the host lets them look at a pause before it is over.
            live={"min_silence_duration_ms": 700},
            requires=("onnxruntime",),
            install="speechlab-silero",
            weights=(WEIGHTS,),
            license="Apache-2.0",
            weights_license="MIT",
            homepage="https://github.com/snakers4/silero-vad",
            summary="Tells speech from silence, noise and music in any language, for about 0.15 % of one CPU core.",
        )
    )
