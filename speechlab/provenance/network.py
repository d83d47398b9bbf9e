"""Perth's two networks in numpy: one adds a mark that nobody hears to a spectrogram, the other finds it there.

The networks and their weights are Resemble AI's PerthNet (package ``resemble-perth``, MIT).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..types import Samples
from .tensors import tensors

SLOPE = 0.01
"""Of the leaky rectifier."""
SPEEDS = {"slow": 1.25, "normal": 1.0, "fast": 0.75}
"""The paces at which a mark is looked for: sound may have been stretched since."""
LOUD = 0.05
"""A frame carries the mark where its level is above this share of the loudest frame's."""
Layers = tuple[tuple[Samples, Samples], ...]


class Perth:
    """The loaded weights. Spectra are levels in decibels mapped to about 0..1, shaped (bins, frames)."""

    def __init__(self, path: Path) -> None:
        held = tensors(path)["model"]
        self._marking = _layers(held, "encoder.layers")
        self._finding = {pace: _layers(held, f"decoder.{pace}_layers") for pace in SPEEDS}
        self.bins = self._marking[0][0].shape[1]
        """How many of the lowest bins of a spectrum carry the mark."""

    def residual(self, levels: Samples) -> Samples:
        """What to add to the lowest bins, (bins, frames)."""
        return _through(self._marking, levels[: self.bins]) * _loud(levels)

    def found(self, levels: Samples) -> float:
        """How surely the spectrum is marked, in [0, 1]."""
        mask = _loud(levels)
        if not mask.any():
            return 0.0
        frames = levels.shape[1]
        weights, answers = [], []
        for pace, factor in SPEEDS.items():
            count = max(1, int(frames * factor))
            told = _through(self._finding[pace], _stretched(levels[: self.bins], count))
            heard = mask[np.arange(count) * frames // count]
            mean = (told * heard).sum(axis=1) / max(heard.sum(), 1.0)
            weights.append(mean[0])
            answers.append(mean[1])
        share = np.exp(np.array(weights) - max(weights))
        return float(np.clip((share / share.sum()) @ np.array(answers), 0.0, 1.0))


def _layers(held: Mapping[str, Any], prefix: str) -> Layers:
    names = sorted(
        {name.rsplit(".", 1)[0] for name in held if name.startswith(f"{prefix}.")},
        key=lambda name: int(name.split(".")[-2]),
    )
    return tuple((np.array(held[f"{name}.weight"]), np.array(held[f"{name}.bias"])) for name in sorted(names))


def _through(layers: Layers, x: Samples) -> Samples:
    """The convolutions, each over as many frames as its kernel is long, with silence around."""
    for number, (weight, bias) in enumerate(layers, 1):
        out, channels, kernel = weight.shape
        around = np.pad(x, ((0, 0), (kernel // 2, kernel // 2)))
        windows = np.lib.stride_tricks.sliding_window_view(around, kernel, axis=1)  # (channels, frames, kernel)
        columns = windows.transpose(0, 2, 1).reshape(channels * kernel, -1)
        x = weight.reshape(out, -1) @ columns + bias[:, None]
        if number < len(layers):
            x = np.maximum(x, SLOPE * x)
    return x


def _loud(levels: Samples) -> Samples:
    """1.0 for each frame that is loud enough to carry the mark."""
    total = levels.sum(axis=0)
    loud: Samples = (total > LOUD * total.max(initial=0.0)).astype(np.float32)
    return loud


def _stretched(x: Samples, count: int) -> Samples:
    """The frames, as if they were ``count`` in the same time, each between its neighbours."""
    frames = x.shape[1]
    if count == frames or count < 2:
        return x[:, :count]
    at = np.linspace(0, frames - 1, count, dtype=np.float32)
    before = np.minimum(at.astype(int), frames - 2) if frames > 1 else np.zeros(count, int)
    share = at - before
    after = np.minimum(before + 1, frames - 1)
    between: Samples = x[:, before] * (1 - share) + x[:, after] * share
    return between
