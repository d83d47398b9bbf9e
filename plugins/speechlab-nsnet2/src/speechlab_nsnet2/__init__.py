"""NSNet2 for two rates: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable

from speechlab import EngineSpec, Kind, Weights, hookimpl


def _weights(name: str, digest: str) -> Weights:
    return Weights(
        id=name.replace("_", "-"),
        files=[f"{name}.onnx"],
        packages={f"{name}.onnx": [f"speechlab_nsnet2/weights/{name}.onnx"]},
        sha256={f"{name}.onnx": digest},
        install="speechlab-nsnet2",
    )


WIDE = _weights("nsnet2_16k_stream", "84a2e5d7e606d40f43f49fa798a17eae95922f97df9a489d676bb52ec7b54ad7")
FULL = _weights("nsnet2_48k_stream", "c7ca7e1129fe0f48b6d6e846273cdb5d89ae567eca16c66bdefe1e2e5214aaec")
"""The networks for 16 and 48 kHz, which lie in this package."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser, for each rate."""
    for id, load, rate, weights, band in (
        ("nsnet2", "NsNet2", 16_000, WIDE, "for speech up to 8 kHz, at a twentieth of one CPU core"),
        ("nsnet2-48k", "NsNet2FullBand", 48_000, FULL, "over the full band, at a tenth of one CPU core"),
    ):
        register(
            EngineSpec(
                id=id,
                kind=Kind.DENOISE,
                load=f"speechlab_nsnet2.engine:{load}",
                sample_rate=rate,
                lag=0.02,
                concurrent=True,
                live={"attenuation_limit_db": 12.0},
                requires=("onnxruntime",),
                install="speechlab-nsnet2",
                weights=(weights,),
                license="MIT",
                weights_license="CC-BY-4.0",
                homepage="https://github.com/microsoft/DNS-Challenge",
                summary=f"Microsoft's baseline of the DNS challenge, {band}.",
            )
        )
