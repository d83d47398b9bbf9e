"""RNNoise as streams, straight on its C library: the package around it would bring a whole audio stack."""

from __future__ import annotations

from ctypes import CDLL, c_float, c_int, c_void_p
from weakref import finalize

import numpy as np

from speechlab import Context, FrameSession, Params, Samples

from . import LIBRARY, WEIGHTS

DELAY = 960
"""Samples by which a frame comes back late."""
SCALE = np.float32(32768)
"""The library hears samples as large as those of 16 bit, but not rounded."""


class RnNoise:
    """The loaded library."""

    def __init__(self, params: Params, context: Context) -> None:
        library = CDLL(str(context.weights(WEIGHTS) / LIBRARY))
        library.rnnoise_create.argtypes, library.rnnoise_create.restype = [c_void_p], c_void_p
        library.rnnoise_destroy.argtypes, library.rnnoise_destroy.restype = [c_void_p], None
        library.rnnoise_get_frame_size.argtypes, library.rnnoise_get_frame_size.restype = [], c_int
        library.rnnoise_process_frame.argtypes = [c_void_p] * 3
        library.rnnoise_process_frame.restype = c_float
        self._library = library

    def open(self, options: Params) -> RnNoiseSession:
        """A new stream."""
        return RnNoiseSession(self._library)


class RnNoiseSession(FrameSession):
    """Cleans one stream of 48 kHz."""

    def __init__(self, library: CDLL) -> None:
        super().__init__(hop=library.rnnoise_get_frame_size(), delay=DELAY)
        self._state = library.rnnoise_create(None)
        finalize(self, library.rnnoise_destroy, self._state)
        self._process = library.rnnoise_process_frame

    def process(self, samples: Samples) -> Samples:
        frames = (samples * SCALE).reshape(-1, self.hop)
        for frame in frames:
            self._process(self._state, frame.ctypes.data, frame.ctypes.data)
        return frames.reshape(-1) / SCALE
