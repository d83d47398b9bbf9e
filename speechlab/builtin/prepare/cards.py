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


class LoudnessOptions(Params):
    """Options of the loudness normaliser."""

    target_lufs: Annotated[float, Field(ge=-50, le=-5)] = -23.0
    """Integrated loudness of what comes out, in LUFS: -23 as in European broadcasting, -16 as most podcasts."""
    window: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """Seconds of sound around each moment by which its gain is measured; a shorter recording gets one gain. 0 for the
    whole recording, however long, which is then held in memory."""
    peak_dbfs: Annotated[float, Field(ge=-20, le=0)] = -1.0
    """No peak gets louder than this, those between the samples included (true peak); sound with many high peaks stays
    softer than wanted for it."""
    most_gain_db: Annotated[float, Field(ge=0, le=80, json_schema_extra={"advanced": True})] = 40.0
    """Most decibels by which sound is made louder: what holds nothing but noise stays softer."""
    look_ahead: Annotated[bool, Field(json_schema_extra={"advanced": True})] = True
    """Whether half of the window lies ahead, for which sound is held back. Off, the gain follows what was heard so far,
    as it must live."""


class TrimOptions(Params):
    """Options of the trimmer."""

    threshold_dbfs: Annotated[float, Field(ge=-100, le=0)] = -55.0
    """What is softer counts as silence: decibels below full scale (root mean square of 20 ms)."""
    pad: Annotated[float, Field(ge=0, le=10)] = 0.3
    """Seconds of it that are kept on both sides."""
    leading: bool = True
    """Whether silence before the first sound is left out."""
    trailing: bool = True
    """Whether silence after the last sound is left out; live, never, since nobody knows which is the last."""
    longest: Annotated[float, Field(ge=1, le=7200, json_schema_extra={"advanced": True})] = 600.0
    """Most seconds of silence that are held in memory until it is known whether it is the last: of a longer one at the
    end, only so much is left out."""


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
    _card(
        "loudness",
        "loudness:Loudness",
        LoudnessOptions,
        "Every recording as loud as wanted (EBU R 128), its peaks limited.",
        live={"look_ahead": False},
    ),
    _card(
        "trim",
        "trim:Trim",
        TrimOptions,
        "Silence at the beginning and at the end left out; what is said keeps its time.",
        live={"trailing": False},
    ),
)
