"""Spectral gating with noisereduce: what the host needs to know of it before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from speechlab import EngineSpec, Kind, Params, hookimpl

ADVANCED = {"advanced": True}


class NoisereduceOptions(Params):
    """When a frequency counts as noise. The names are noisereduce's own."""

    stationary: bool = False
    """For noise that stays the same, such as a fan; otherwise the noise floor is followed as it changes."""
    prop_decrease: Annotated[float, Field(ge=0, le=1)] = 0.8
    """How much of the noise is taken away; 1 takes all of it, and much of the speech along."""
    time_constant_s: Annotated[float, Field(ge=0.1, le=5, json_schema_extra=ADVANCED)] = 2.0
    """Seconds over which the noise floor is followed, where noise changes."""
    thresh_n_mult_nonstationary: Annotated[float, Field(ge=0.1, le=10, json_schema_extra=ADVANCED)] = 2.0
    """How many times louder than the floor a frequency must be to be kept, where noise changes."""
    sigmoid_slope_nonstationary: Annotated[float, Field(ge=0.5, le=50, json_schema_extra=ADVANCED)] = 10.0
    """How sharp that threshold is."""
    n_std_thresh_stationary: Annotated[float, Field(ge=0, le=5, json_schema_extra=ADVANCED)] = 1.5
    """How many standard deviations above the mean a frequency must be to be kept, where noise stays the same."""
    freq_mask_smooth_hz: Annotated[int, Field(ge=100, le=4000, json_schema_extra=ADVANCED)] = 500
    """Hertz over which the gate is smoothed."""
    time_mask_smooth_ms: Annotated[int, Field(ge=10, le=500, json_schema_extra=ADVANCED)] = 50
    """Milliseconds over which the gate is smoothed."""


@hookimpl
def register_engines(register: Callable[[EngineSpec], None]) -> None:
    """The denoiser."""
    register(
        EngineSpec(
            id="noisereduce",
            kind=Kind.DENOISE,
            load="speechlab_noisereduce.engine:Noisereduce",
            options=NoisereduceOptions,
            sample_rate=48_000,
            lag=1.504,
            concurrent=True,
            requires=("noisereduce",),
            install="speechlab-noisereduce",
            license="MIT",
            homepage="https://github.com/timsainb/noisereduce",
            summary="Spectral gating with all its knobs: for steady noise, animals and machines; not made for speech.",
        )
    )
