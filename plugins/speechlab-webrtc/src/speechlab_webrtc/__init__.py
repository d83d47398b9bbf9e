"""WebRTC's noise suppression: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, hookimpl


class WebRtcOptions(Params):
    """What may change at each call."""

    noise_suppression_level: Annotated[int, Field(ge=0, le=4)] = 3
    """How much noise is taken away, from 1, a little, to 4, very much; 0 takes none."""
    gain_control: bool = False
    """Raise quiet speech to an even loudness, so that people far from the microphone are heard."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser."""
    register(
        EngineSpec(
            id="webrtc",
            kind=Kind.DENOISE,
            load="speechlab_webrtc.engine:WebRtc",
            options=WebRtcOptions,
            sample_rate=16_000,
            lag=0.016,
            concurrent=True,
            requires=("webrtc_noise_gain",),
            install="speechlab-webrtc",
            license="Apache-2.0 AND BSD-3-Clause",
            homepage="https://github.com/OHF-Voice/webrtc-noise-gain",
            summary="Almost free and gentle, with gain control: for live sound, and steady noise in it.",
        )
    )
