"""Voice conversion by networks on ONNX: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, Weights, hookimpl

Owner = Field(json_schema_extra={"owner": True})
"""A mark: it names a folder of this machine, which a client of a server may not."""
Model = Literal["openvoice", "facodec", "knnvc"]
HUBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "openvoice": ("TigreGotico/voiceclonnx-openvoice-v2", ("tone_ref_encoder", "tone_converter")),
    "facodec": (
        "TigreGotico/voiceclonnx-facodec",
        ("facodec_encoder", "facodec_timbre", "facodec_quantize", "facodec_decoder"),
    ),
    "knnvc": ("TigreGotico/voiceclonnx-knn-vc", ("wavlm_layer6", "hifigan_knnvc")),
}
"""Where each model's networks lie, and what they are called."""


def weights(model: str, *, int8: bool) -> Weights:
    """The networks of a model."""
    hub, names = HUBS[model]
    files = tuple(f"{name}{'_q8' * int8}.onnx" for name in names)
    return Weights(
        id=f"voiceclonnx-{model}{'-int8' * int8}",
        files=files,
        hub=hub,
        optional=tuple(f"{file}*" for file in files),  # a large network keeps its numbers beside it
    )


class ConversionParams(Params):
    """What is needed to load it."""

    model: Model = "openvoice"
    """What converts: openvoice changes the colour of the voice (22 kHz), facodec swaps the speaker in a neural codec
    (16 kHz), knnvc puts each sound together from the nearest ones of the clip (16 kHz)."""
    precision: Literal["float32", "int8"] = "float32"
    """Of the networks; int8 ones are smaller and faster, and worse to some degree."""
    folder: Annotated[str | None, Owner] = None
    """Folder with the networks of the model (.onnx); empty to take them from the hub."""
    clips: Annotated[str | None, Owner] = None
    """Folder with clips of voices to convert into (wav, flac, ogg, mp3), each called by the file's name. Voices of the
    library are there without."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The voice converter."""
    register(
        EngineSpec(
            id="voiceclonnx",
            kind=Kind.CONVERT,
            load="speechlab_voiceclonnx.engine:Conversion",
            params=ConversionParams,
            sample_rate=24_000,
            window=30.0,
            requires=("voiceclonnx", "onnxruntime", "soundfile", "soxr"),
            install="speechlab-voiceclonnx",
            weights=(weights("openvoice", int8=False),),
            license="Apache-2.0",
            weights_license="MIT",
            homepage="https://github.com/TigreGotico/voiceclonnx",
            summary="The same words in the voice of a clip, by OpenVoice v2, FACodec or kNN-VC on a CPU, without torch;"
            " weights by the hub.",
        )
    )
