"""Cards of the engines that prepare sound; none of them needs weights."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...engines import EngineSpec, Kind
from ...params import Params


class ResampleOptions(Params):
    """Options of the resampler."""

    rate: Annotated[int, Field(ge=8_000, le=192_000)] = 16_000
    """Sample rate of what comes out, in Hz."""


class MixdownOptions(Params):
    """Options of the mixer."""

    channel: Annotated[int, Field(ge=0, le=63)] | None = None
    """Only this channel, counted from 0; empty to mix all of them."""


class HighpassOptions(Params):
    """Options of the high-pass filter."""

    hz: Annotated[float, Field(ge=10, le=1000)] = 80.0
    """What lies below this many Hz is taken away: rumble, hum, wind, handling noise."""
    order: Literal[2, 4, 6, 8] = 4
    """Steepness: each 2 is 12 dB more per octave."""


def _card(id: str, load: str, options: type[Params], summary: str, **more: object) -> EngineSpec:
    card = {
        "id": id,
        "kind": Kind.PREPARE,
        "load": f"{__package__}.{load}",
        "options": options,
        "concurrent": True,
        "license": "Apache-2.0",
        "summary": summary,
        **more,
    }
    return EngineSpec(**card)  # type: ignore[arg-type]  # the values are right; mypy sees one dict of objects


ENGINES = (
    _card("resample", "resample:Resample", ResampleOptions, "Another sample rate, by libsoxr."),
    _card("mixdown", "mixdown:Mixdown", MixdownOptions, "One channel: the mean of all, or one of them."),
    _card("highpass", "highpass:Highpass", HighpassOptions, "Rumble and hum taken away, by a Butterworth filter."),
)
