"""What lies below the voice, taken away by a filter that remembers all it heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...engines import Context
from ...params import Params
from ...types import Audio
from .cards import HighpassOptions


class Highpass:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: HighpassOptions) -> HighpassSession:
        return HighpassSession(options)


class HighpassSession:
    """A Butterworth filter in sections of second order, in double precision; each channel has a state of its own."""

    def __init__(self, options: HighpassOptions) -> None:
        self._options = options
        self._sections: Any = None
        self._state: Any = None

    def feed(self, audio: Audio) -> Iterator[Audio]:
        from scipy.signal import butter, sosfilt, sosfilt_zi

        if not audio.frames:
            return
        if self._sections is None:
            options = self._options
            self._sections = butter(options.order, options.hz, "highpass", fs=audio.sample_rate, output="sos")
            # As if the first sample had always been there, so that an offset does not begin with a thump.
            self._state = sosfilt_zi(self._sections)[:, None, :] * audio.samples[None, :, :1]
        filtered, self._state = sosfilt(self._sections, audio.samples.astype(np.float64), zi=self._state)
        yield Audio(np.clip(filtered, -1, 1).astype(np.float32), audio.sample_rate, audio.start)

    def flush(self) -> Iterator[Audio]:
        yield from ()
