"""DeepFilterNet 3 as streams, each with a state of the library's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from speechlab import Context, FrameSession, Params, Samples

from . import NETWORK, WEIGHTS, DeepFilterNetOptions
from .library import State, frame_length

DELAY = 1440
"""Samples by which a frame comes back late: one frame of overlap, and two that the network looks ahead."""


class DeepFilterNet:
    """Knows where the network lies; the library loads it for each stream, which takes a third of a second."""

    def __init__(self, params: Params, context: Context) -> None:
        self._network = context.weights(WEIGHTS) / NETWORK

    def open(self, options: DeepFilterNetOptions) -> DeepFilterNetSession:
        """A new stream."""
        return DeepFilterNetSession(self._network, options)


class DeepFilterNetSession(FrameSession):
    """Cleans one stream of 48 kHz."""

    def __init__(self, network: Path, options: DeepFilterNetOptions) -> None:
        self._state = State(network, options.post_filter_beta)
        super().__init__(hop=frame_length(self._state), delay=DELAY)

    def process(self, samples: Samples) -> Samples:
        frames = np.ascontiguousarray(samples, np.float32).reshape(-1, self.hop)
        cleaned = np.empty_like(frames)
        for frame, out in zip(frames, cleaned, strict=True):
            self._state.process(frame, out)
        return cleaned.reshape(-1)
