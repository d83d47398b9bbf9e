"""pyannote.audio's pipeline of speakers and its network of speech: what the host needs to know before they load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from speechlab import DiarizeOptions, EngineSpec, Kind, Params, VadOptions, Weights, hookimpl

COMMUNITY = "pyannote/speaker-diarization-community-1"
CAMPPLUS = "campplus"
"""The model that needs no account: segmentation-3.0, which lies here, and the voices of speechlab-diarize."""
CONFIG, NETWORK = "config.yaml", "pytorch_model.bin"
VOICES, TELEPHONE = "voices.onnx", "telephone.npy"

SEGMENTATION_WEIGHTS = Weights(
    id="pyannote-segmentation-3.0",
    files=[NETWORK],
    packages={NETWORK: [f"speechlab_pyannote/weights/{NETWORK}"]},
    sha256={NETWORK: "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298"},
    install="speechlab-pyannote",
)
"""segmentation-3.0 as it was published, which lies in this package."""

VOICES_WEIGHTS = Weights(
    id="campplus-voices",
    files=[VOICES, TELEPHONE],
    packages={name: [f"speechlab_diarize/weights/{name}"] for name in (VOICES, TELEPHONE)},
    sha256={
        VOICES: "6dcfb564e0ce183afbf843122a89f7c092d16c735a1554f9e7acb9103357012a",
        TELEPHONE: "20a0a0ef4aa6128de70a66c6e9eefcd97c4483320be058a413339a4f1329e478",
    },
    install="speechlab-diarize",
)
"""CAM++, which lies in the package speechlab-diarize."""

COMMUNITY_WEIGHTS = Weights(
    id=COMMUNITY,
    files=[
        CONFIG,
        f"segmentation/{NETWORK}",
        f"embedding/{NETWORK}",
        "plda/plda.npz",
        "plda/xvec_transform.npz",
    ],
    hub=COMMUNITY,
)
"""The pipeline of pyannote.audio 4, on the hub."""

Advanced = Field(json_schema_extra={"advanced": True})
Owner = Field(json_schema_extra={"owner": True})
"""A mark: it may name a folder of this machine, or let code run, which a client of a server may not."""
Device = Literal["auto", "cpu", "cuda", "mps"] | str


class DiarizeParams(Params):
    """What is needed to load a pipeline."""

    model: Annotated[
        Literal["pyannote/speaker-diarization-community-1", "pyannote/speaker-diarization-3.1", "campplus"] | str, Owner
    ] = COMMUNITY
    """Hub id or local folder of a pipeline; those of pyannote want its terms accepted and a token in HF_TOKEN. campplus
    needs no account: segmentation-3.0 with the voices of speechlab-diarize."""
    device: Device = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""
    batch_size: Annotated[int | None, Field(ge=1, le=256), Advanced] = None
    """Windows of sound that go through a network together; empty for 16 on an accelerator and 1 on the CPU."""
    step_seconds: Annotated[float | None, Field(ge=0.25, le=5), Advanced] = None
    """Seconds from one window to the next; empty for the model's own (1 for pyannote's, 2.5 for campplus). More takes
    less time and tells less."""
    revision: Annotated[str | None, Advanced] = None
    """Branch, tag or commit on the hub; empty for the newest."""
    pickles: Annotated[bool, Advanced, Owner] = False
    """Load checkpoints that hold more than weights too. They can run any code: only where you trust their author."""


class PyannoteOptions(DiarizeOptions):
    """How speakers are told apart, and what counts as a turn."""

    min_speakers: Annotated[int, Field(ge=1, le=100)] | None = None
    """At least so many people speak; empty where nothing is known."""
    max_speakers: Annotated[int, Field(ge=1, le=100)] | None = None
    """At most so many people speak; empty where nothing is known."""
    threshold: Annotated[float, Field(ge=0, le=2)] | None = None
    """How far apart two voices may be to count as one person. Lower finds more speakers, higher fewer; empty for the
    model's own."""
    min_duration_on: Annotated[float, Field(ge=0, le=5), Advanced] = 0.0
    """Turns of fewer seconds are left out."""
    min_duration_off: Annotated[float, Field(ge=0, le=10), Advanced] | None = None
    """A silence of fewer seconds does not end a turn; empty for the model's own."""

    @field_validator("max_speakers")
    @classmethod
    def _room(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value < (info.data.get("min_speakers") or 1):
            raise ValueError("should not be below min_speakers")
        return value


class VadParams(Params):
    """What is needed to load the detector."""

    device: Device = "auto"
    """Where to compute: cpu, cuda, cuda:1, mps, ...; auto takes the accelerator where there is one."""
    folder: Annotated[str | None, Advanced, Owner] = None
    """Folder with another pytorch_model.bin, trained with pyannote.audio; empty for segmentation-3.0."""
    pickles: Annotated[bool, Advanced, Owner] = False
    """Load a checkpoint that holds more than weights too. It can run any code: only where you trust its author."""


class PyannoteVadOptions(VadOptions):
    """When sound counts as speech."""

    step_seconds: Annotated[float, Field(ge=0.1, le=5), Advanced] = 2.5
    """Seconds from one look at the last ten to the next."""
    lookahead_seconds: Annotated[float, Field(ge=0, le=5), Advanced] = 2.5
    """Seconds that are heard after a moment before it is judged: the network knows it better from both sides."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The diarizer and the detector."""
    register(
        EngineSpec(
            id="pyannote",
            kind=Kind.DIARIZE,
            load="speechlab_pyannote.diarizer:Pyannote",
            params=DiarizeParams,
            options=PyannoteOptions,
            features=frozenset({"overlap"}),
            sample_rate=16_000,
            requires=("torch", "pyannote.audio"),
            install="speechlab-pyannote",
            weights=(COMMUNITY_WEIGHTS,),
            license="Apache-2.0 AND MIT",
            weights_license="CC-BY-4.0",
            homepage="https://github.com/pyannote/pyannote-audio",
            summary="Tells who speaks when, overlaps included, by the pipeline that others are measured against; at its"
            " best on a GPU.",
        )
    )
    register(
        EngineSpec(
            id="pyannote",
            kind=Kind.VAD,
            load="speechlab_pyannote.detector:PyannoteVad",
            params=VadParams,
            options=PyannoteVadOptions,
            sample_rate=16_000,
            live={"step_seconds": 0.25, "lookahead_seconds": 0.25, "min_silence_duration_ms": 700},
            requires=("torch", "pyannote.audio"),
            install="speechlab-pyannote",
            weights=(SEGMENTATION_WEIGHTS,),
            license="Apache-2.0 AND MIT",
            weights_license="MIT",
            homepage="https://github.com/pyannote/pyannote-audio",
            summary="Tells speech from all else by the network that tells speakers apart, which hears ten seconds at a"
            " time.",
        )
    )
