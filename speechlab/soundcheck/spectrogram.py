"""A picture of a sound: time from left to right, pitch from low to high, as bright as it is loud; in flat memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import numpy as np

from ..types import Audio, Samples

Scale = Literal["mel", "linear"]

FRAME = 0.032
"""Seconds of one spectrum; the next one begins half of it later."""
TOP = 12_000.0
"""Hz: what lies above tells nothing of speech."""
FAINT = 1e-12
"""Power that nobody hears."""
DEPTH = 70.0
"""Decibels from the brightest to black."""
BRIGHTEST = 99.8
"""Percentile of the picture that is brightest: one click does not darken all the rest."""
DIM = -50.0
"""Decibels: silence stays dark even where there is nothing else."""
COLOURS = (
    (0, 0, 8),
    (36, 14, 82),
    (98, 24, 112),
    (158, 44, 98),
    (210, 74, 68),
    (243, 126, 24),
    (248, 194, 42),
    (252, 252, 168),
)
"""From silent to loud, each as much brighter than the one before."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """The picture, before it is one."""

    levels: Samples
    """Decibels, shaped (rows, columns), the lowest frequency first."""
    seconds: float
    """How long the sound is."""
    top: float
    """Hz of the highest row."""
    scale: Scale

    @property
    def brightest(self) -> float:
        """The level that is drawn brightest unless told otherwise, in decibels."""
        return max(DIM, float(np.percentile(self.levels, BRIGHTEST))) if self.levels.size else DIM

    def png(self, brightest: float | None = None) -> bytes:
        """As an image file. Two sounds are compared under the same ``brightest``, in decibels."""
        from PIL import Image

        ceiling = self.brightest if brightest is None else brightest
        shade = np.clip((self.levels - (ceiling - DEPTH)) / DEPTH, 0.0, 1.0)
        if not shade.size:
            shade = np.zeros((len(self.levels), 1), np.float32)
        image = Image.fromarray(np.rint(shade[::-1] * 255).astype(np.uint8))
        image.putpalette(_palette())
        file = BytesIO()
        image.save(file, "PNG", optimize=True)
        return file.getvalue()


def spectrogram(
    chunks: Iterable[Audio], *, columns: int = 1200, rows: int = 160, scale: Scale = "mel", top: float = TOP
) -> Spectrogram:
    """The picture of a sound that comes in chunks of one rate, its channels mixed down: at most so many ``columns``,
    and no frequency above ``top`` Hz."""
    drawn: _Columns | None = None
    end = start = 0.0
    for audio in chunks:
        if drawn is None:
            drawn, start = _Columns(audio.sample_rate, max(2, columns), rows, scale, top), audio.start
        drawn.feed(audio.mono)
        end = audio.end
    if drawn is None:
        return Spectrogram(np.zeros((rows, 0), np.float32), 0.0, top, scale)
    return Spectrogram(10 * np.log10(drawn.finished().T + FAINT), end - start, drawn.top, scale)


class _Columns:
    """Columns of a picture, made fine first; whenever there are too many, neighbours are joined."""

    def __init__(self, sample_rate: int, most: int, rows: int, scale: Scale, top: float) -> None:
        self._size = max(16, round(FRAME * sample_rate))
        self._hop = self._size // 2
        self._window = np.hanning(self._size).astype(np.float32)
        self.top = min(top, sample_rate / 2)
        self._weights = _bands(np.fft.rfftfreq(self._size, 1 / sample_rate), rows, scale, self.top)
        self._most = most - most % 2
        self._held: Samples = np.zeros(self._hop, np.float32)
        """What the next frame begins with; the first is half of silence, so that it lies around the first sample."""
        self._columns: Samples = np.zeros((0, rows), np.float32)
        self._step = 1
        """Frames in a column."""
        self._over: Samples = np.zeros((0, rows), np.float32)
        """Frames that fill no column yet."""

    def feed(self, samples: Samples) -> None:
        held = np.concatenate([self._held, samples])
        count = (len(held) - self._size) // self._hop + 1
        if count <= 0:
            self._held = held
            return
        frames = np.lib.stride_tricks.sliding_window_view(held, self._size)[:: self._hop][:count]
        self._held = held[count * self._hop :]
        for block in np.array_split(frames, -(-count // 1024)):
            power = np.square(np.abs(np.fft.rfft(block * self._window, axis=1)))
            self._add((power @ self._weights) / np.square(self._window).sum())

    def _add(self, spectra: Samples) -> None:
        waiting = np.concatenate([self._over, spectra.astype(np.float32)])
        whole = len(waiting) // self._step * self._step
        self._over = waiting[whole:]
        self._columns = np.concatenate([self._columns, _joined(waiting[:whole], self._step)])
        while len(self._columns) > self._most:
            even = len(self._columns) // 2 * 2
            odd = np.repeat(self._columns[even:], self._step, axis=0)
            self._over = np.concatenate([odd, self._over])
            self._columns = _joined(self._columns[:even], 2)
            self._step *= 2

    def finished(self) -> Samples:
        """All columns, shaped (columns, rows), the sound being over."""
        self.feed(np.zeros(self._size - 1 - (len(self._held) - 1) % self._hop, np.float32))
        if len(self._over):
            self._columns = np.concatenate([self._columns, self._over.mean(axis=0, keepdims=True)])
            self._over = self._over[:0]
        return self._columns


def _joined(spectra: Samples, step: int) -> Samples:
    joined: Samples = spectra.reshape(-1, step, spectra.shape[1]).mean(axis=1)
    return joined


def _bands(frequencies: Samples, rows: int, scale: Scale, top: float) -> Samples:
    """How much each frequency weighs in each row, shaped (frequencies, rows): triangles that meet in the middle."""
    spacing = float(frequencies[1])
    if scale == "mel":
        centres = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + top / 700), rows + 2) / 2595) - 1)
    else:
        centres = np.linspace(0, top, rows + 2)
    below = np.maximum(centres[1:-1] - centres[:-2], spacing)
    above = np.maximum(centres[2:] - centres[1:-1], spacing)
    away = frequencies[:, None] - centres[None, 1:-1]
    weights = np.maximum(0.0, 1 - np.where(away < 0, -away / below, away / above))
    shares: Samples = (weights / weights.sum(axis=0)).astype(np.float32)
    return shares


def _palette() -> bytes:
    anchors = np.array(COLOURS)
    at = np.linspace(0, len(anchors) - 1, 256)
    channels = [np.interp(at, np.arange(len(anchors)), anchors[:, channel]) for channel in range(3)]
    return bytes(np.rint(np.stack(channels, axis=1)).astype(np.uint8).tobytes())
