"""RNNoise: what the host needs to know of it before it is loaded."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable

from speechlab import EngineSpec, Kind, Weights, hookimpl

LIBRARY = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}.get(sys.platform, "librnnoise.so")
DIGESTS = {
    ("linux", "x86_64"): "de5120abce147a72ba343296744ae7cc0a97298e19307c7d3f01cce8c34b18ff",
    ("linux", "aarch64"): "c7f34a5944f385721f89b7be21b9ae8eb67e3085da2571260a46e1c9fc61d90a",
    ("win32", "AMD64"): "06770aeb8855ef942b5dcdb436f84dfdd5867b716ba4b4c8a2c66ade03197f31",
}
"""Sha256 of the library in pyrnnoise 0.4.5, for each machine that it has one for."""
_digest = DIGESTS.get((sys.platform, platform.machine()))

WEIGHTS = Weights(
    id="rnnoise-0.2",
    files=[LIBRARY],
    packages={LIBRARY: [f"pyrnnoise/{LIBRARY}"]},
    sha256={LIBRARY: _digest} if _digest else {},
    install="pyrnnoise==0.4.5",
)
"""The library, with its weights compiled in."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser."""
    register(
        EngineSpec(
            id="rnnoise",
            kind=Kind.DENOISE,
            load="speechlab_rnnoise.engine:RnNoise",
            sample_rate=48_000,
            lag=0.03,
            concurrent=True,
            live={"attenuation_limit_db": 12.0},
            requires=("pyrnnoise",),
            install="speechlab-rnnoise",
            weights=(WEIGHTS,),
            license="BSD-3-Clause",
            weights_license="BSD-3-Clause",
            homepage="https://github.com/xiph/rnnoise",
            summary="Small and well known, for steady noise over the full band; of several voices it keeps little.",
        )
    )
