"""GTCRN as streams: a frame goes in with what the network remembers, and both come out."""

from __future__ import annotations

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from speechlab import Context, Params, Samples, SpectralSession

from . import NETWORK, WEIGHTS

FRAME, HOP = 512, 256
MEMORY = {"conv_cache": (2, 1, 16, 16, 33), "tra_cache": (2, 3, 1, 1, 16), "inter_cache": (2, 1, 33, 16)}
"""What the network remembers of a stream, by the name of its input."""


class Gtcrn:
    """The loaded network; its streams share it and nothing else."""

    def __init__(self, params: Params, context: Context) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = context.weights(WEIGHTS) / NETWORK
        self._network = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def open(self, options: Params) -> GtcrnSession:
        """A new stream."""
        return GtcrnSession(self._network)


class GtcrnSession(SpectralSession):
    """Cleans one stream of 16 kHz."""

    def __init__(self, network: onnxruntime.InferenceSession) -> None:
        super().__init__(np.sqrt(np.hanning(FRAME + 1)[:-1]), HOP)
        self._network = network
        self._memory: list[Samples] = [np.zeros(shape, np.float32) for shape in MEMORY.values()]

    def clean(self, spectra: np.ndarray) -> np.ndarray:
        cleaned = np.empty(spectra.shape, np.complex64)
        for spectrum, out in zip(spectra, cleaned, strict=True):
            parts = np.stack([spectrum.real, spectrum.imag], axis=-1, dtype=np.float32)[None, :, None]
            answer, *self._memory = self._network.run(
                None, {"mix": parts, **dict(zip(MEMORY, self._memory, strict=True))}
            )
            out[:] = answer[0, :, 0, 0] + 1j * answer[0, :, 0, 1]
        return cleaned
