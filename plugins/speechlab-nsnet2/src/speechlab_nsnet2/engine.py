"""NSNet2 as streams: a gain for each frequency, from the loudness of all of them and what was heard before."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from speechlab import Context, Params, Samples, SpectralSession, Weights

from . import FULL, WIDE

QUIETEST = 1e-12
"""Power below which all is silence to the network."""
LEAST = 1e-4
"""Gain: no frequency is turned down further, by 80 dB."""


class NsNet2:
    """The loaded network for 16 kHz; its streams share it and nothing else."""

    weights: ClassVar[Weights] = WIDE
    window: ClassVar[Samples] = np.sqrt(np.hanning(320)).astype(np.float32)
    hop, fft = 160, 320

    def __init__(self, params: Params, context: Context) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        [name] = self.weights.files
        path = context.weights(self.weights) / name
        self.network = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def open(self, options: Params) -> NsNet2Session:
        """A new stream."""
        return NsNet2Session(self)


class NsNet2FullBand(NsNet2):
    """The loaded network for 48 kHz."""

    weights = FULL
    window = np.sqrt(np.hanning(961)[:-1]).astype(np.float32)
    hop, fft = 512, 1024


class NsNet2Session(SpectralSession):
    """Cleans one stream."""

    def __init__(self, engine: NsNet2) -> None:
        super().__init__(engine.window, engine.hop, engine.fft)
        self._network = engine.network
        _, *states = engine.network.get_inputs()
        self._memory = {state.name: np.zeros(state.shape, np.float32) for state in states}

    def clean(self, spectra: np.ndarray) -> np.ndarray:
        power = np.maximum(np.square(spectra.real) + np.square(spectra.imag), QUIETEST)
        features = np.log10(power).astype(np.float32)[None]
        gains, *memory = self._network.run(None, {"features": features, **self._memory})
        self._memory = dict(zip(self._memory, memory, strict=True))
        return spectra * np.clip(gains[0], LEAST, 1.0)
