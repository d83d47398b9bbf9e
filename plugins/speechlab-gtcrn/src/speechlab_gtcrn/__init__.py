"""GTCRN: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable

from speechlab import EngineSpec, Kind, Weights, hookimpl

NETWORK = "gtcrn_simple.onnx"

WEIGHTS = Weights(
    id="gtcrn",
    files=[NETWORK],
    packages={NETWORK: [f"speechlab_gtcrn/weights/{NETWORK}"]},
    sha256={NETWORK: "b4718df6228e7bdf1a8a435cf98f838636eb2fd331acabf86ba87c5192ebcb87"},
    install="speechlab-gtcrn",
)
"""The makers' own network for streams, which lies in this package."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser."""
    register(
        EngineSpec(
            id="gtcrn",
            kind=Kind.DENOISE,
            load="speechlab_gtcrn.engine:Gtcrn",
            sample_rate=16_000,
            lag=0.032,
            concurrent=True,
            live={"attenuation_limit_db": 12.0},
            requires=("onnxruntime",),
            install="speechlab-gtcrn",
            weights=(WEIGHTS,),
            license="MIT",
            weights_license="MIT",
            homepage="https://github.com/Xiaobin-Rong/gtcrn",
            summary="Half a megabyte, and strong for its size; for speech up to 8 kHz, such as calls and meetings.",
        )
    )
