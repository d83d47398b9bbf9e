"""CAM++ as pyannote.audio wants a network of voices: a window of sound and masks over it in, the masked voices out."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from torch.nn.functional import interpolate

from . import TELEPHONE, VOICES
from .upstream import Model, fbank

RATE = 16_000
BANDS = 80
SIZE = 192
"""Numbers that tell of a voice."""
HOP = 0.02
"""Seconds from one frame of the network to the next."""
SHORTEST = 0.25
"""Seconds of a voice from which on it is worth something."""
FEATURE = 400
"""Samples that one feature looks at."""


class CamPlusPlus(Model):
    """The network hears a window once, however many voices of it are asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(sample_rate=RATE, num_channels=1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(str(folder / VOICES), options, providers=["CPUExecutionProvider"])
        self._telephone = np.load(folder / TELEPHONE, allow_pickle=False)

    @property
    def dimension(self) -> int:
        """Numbers that tell of a voice."""
        return SIZE

    def forward(self, waveforms: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
        """The voice in each window (windows, 1, samples) where its weights (windows, frames) are above a half; NaN
        where that is too short to tell. Raises ValueError for windows shorter than a feature."""
        if waveforms.shape[-1] < FEATURE:
            raise ValueError(f"a voice needs {FEATURE} samples at least, not {waveforms.shape[-1]}")
        masks = torch.ones(len(waveforms), 1) if weights is None else weights.cpu()
        told = np.full((len(waveforms), SIZE), np.nan, np.float32)
        for rows in _alike(waveforms):
            self._hear(waveforms[rows[0]].cpu(), masks[rows], told, rows)
        return torch.from_numpy(told)

    def _hear(self, window: torch.Tensor, masks: torch.Tensor, told: Any, rows: list[int]) -> None:
        features = fbank(window, num_mel_bins=BANDS, sample_frequency=RATE, dither=0.0)
        features -= features.mean(dim=0)
        frames = (len(features) + 1) // 2
        chosen = interpolate(masks[:, None].float(), size=frames, mode="nearest")[:, 0] > 0.5
        long = chosen.sum(dim=1) * HOP >= min(SHORTEST, frames * HOP)
        if not long.any():
            return
        inputs = {"features": features[None].numpy(), "masks": chosen[long].float().numpy()}
        [voices] = self._network.run(None, inputs)
        voices -= np.outer(voices @ self._telephone, self._telephone)
        told[np.array(rows)[long.numpy()]] = voices


def _alike(windows: torch.Tensor) -> list[list[int]]:
    """The rows of windows, those that follow each other and hold the same sound together."""
    number, numbers = 0, [0] * len(windows)
    for row in range(1, len(windows)):
        number += not torch.equal(windows[row], windows[row - 1])
        numbers[row] = number
    return [list(rows) for _, rows in groupby(range(len(windows)), key=numbers.__getitem__)]
