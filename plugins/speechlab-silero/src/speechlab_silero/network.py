"""Silero's network on ONNX Runtime: many windows of many streams in one call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from speechlab import Samples

INPUT = 576
"""Samples that the network looks at for one window: its 512, and the 64 before them."""
HIDDEN = 128

Memory = tuple[Samples, Samples]
"""What the network remembers of some streams: two arrays, (1, streams, 128) each."""


class Network:
    """The loaded weights. It keeps nothing of what it hears, so threads may share it."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # nothing to gain from it here, and it never gives memory back
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def __call__(self, windows: Samples, memory: Memory) -> tuple[Samples, Memory]:
        """Probabilities (windows, streams) for windows shaped (windows, streams, 576), and the memory after them."""
        h, c = memory
        probabilities, h, c = self._session.run(
            ["speech_probs", "hn", "cn"], {"input": windows.reshape(-1, INPUT), "h": h, "c": c}
        )
        return probabilities, (h, c)


def blank() -> Memory:
    """The memory of a stream that has not begun."""
    return np.zeros((1, 1, HIDDEN), np.float32), np.zeros((1, 1, HIDDEN), np.float32)
