"""Who spoke when, without torch: what the host needs to know of the diarizer before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from speechlab import DiarizeOptions, EngineSpec, Kind, Params, Scale, Weights, hookimpl

SEGMENTATION, VOICES, TELEPHONE = "segmentation.onnx", "voices.onnx", "telephone.npy"

WEIGHTS = Weights(
    id="diarize-campplus-segmentation-3.0",
    files=[SEGMENTATION, VOICES, TELEPHONE],
    packages={name: [f"speechlab_diarize/weights/{name}"] for name in (SEGMENTATION, VOICES, TELEPHONE)},
    sha256={
        SEGMENTATION: "76e9406634ae68dbf26a299084625bba51f3c55d41c3e62215aa49e0bff974c7",
        VOICES: "6dcfb564e0ce183afbf843122a89f7c092d16c735a1554f9e7acb9103357012a",
        TELEPHONE: "20a0a0ef4aa6128de70a66c6e9eefcd97c4483320be058a413339a4f1329e478",
    },
    install="speechlab-diarize",
)
"""CAM++ and segmentation-3.0 as ONNX, which lie in this package."""


class DiarizeParams(Params):
    """What is needed to load the diarizer."""

    threads: Annotated[int, Field(ge=1, le=64, json_schema_extra={"advanced": True})] = 1
    """CPU threads that one network may use at a time."""
    folder: Annotated[str | None, Field(json_schema_extra={"advanced": True, "owner": True})] = None
    """Folder with other files under the names of the plugin's weights; empty for those that come with it."""


class EmbeddedOptions(DiarizeOptions):
    """How speakers are told apart, and what counts as a turn."""

    min_speakers: Annotated[int, Field(ge=1, le=100)] | None = None
    """At least so many people speak; empty where nothing is known."""
    max_speakers: Annotated[int, Field(ge=1, le=100)] | None = None
    """At most so many people speak; empty where nothing is known."""
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.63
    """How alike two voices must be to count as one person, where 1 is as alike as one voice is to itself in this
    recording. Higher finds more speakers, lower fewer."""
    update_seconds: Annotated[float, Field(ge=0, le=600)] = 0.0
    """Seconds after which turns are told while sound still comes, to be corrected later; 0 tells them at the end."""
    onset: Annotated[float, Field(ge=0.01, le=0.99, json_schema_extra={"advanced": True})] = 0.45
    """Probability above which somebody speaks."""
    overlap: Annotated[float, Field(ge=0.01, le=1, json_schema_extra={"advanced": True})] = 0.3
    """Probability above which a second person speaks at the same time; 1 gives each moment to one speaker."""
    min_duration_on: Annotated[float, Field(ge=0, le=5, json_schema_extra={"advanced": True})] = 0.1
    """Turns of fewer seconds are left out."""
    min_duration_off: Annotated[float, Field(ge=0, le=10, json_schema_extra={"advanced": True})] = 0.3
    """A silence of fewer seconds does not end a turn."""
    min_speaker_seconds: Annotated[float, Field(ge=0, le=60, json_schema_extra={"advanced": True})] = 2.0
    """Who speaks alone for fewer seconds in all is taken for the speaker who sounds most alike."""

    @field_validator("max_speakers")
    @classmethod
    def _room(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value < (info.data.get("min_speakers") or 1):
            raise ValueError("should not be below min_speakers")
        return value


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The diarizer."""
    register(
        EngineSpec(
            id="diarize",
            kind=Kind.DIARIZE,
            load="speechlab_diarize.engine:Diarize",
            params=DiarizeParams,
            options=EmbeddedOptions,
            features=frozenset({"overlap", "voices"}),
            sample_rate=16_000,
            likeness=Scale(same=0.80, different=0.12),
            concurrent=True,
            live={"update_seconds": 2.0},
            requires=("onnxruntime", "kaldi_native_fbank"),
            install="speechlab-diarize",
            weights=(WEIGHTS,),
            license="Apache-2.0",
            weights_license="Apache-2.0 AND MIT",
            homepage="https://github.com/modelscope/3D-Speaker",
            summary="Tells who speaks when, overlaps included, in a recording or live, for about 8 % of one CPU core.",
        )
    )
