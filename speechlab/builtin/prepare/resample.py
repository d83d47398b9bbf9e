"""Another sample rate: the host's own resampler as an engine."""

from __future__ import annotations

from ...engines import Context
from ...media import Resampler
from ...params import Params
from .cards import ResampleOptions


class Resample:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: ResampleOptions) -> Resampler:
        return Resampler(options.rate)
