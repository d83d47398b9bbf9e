"""What several tests stand on: a sound with pauses, and engines of which everything is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from speechlab import AsrOptions, Audio, FrameSession, Params, Samples, Segment

RATE = 16_000


def talk(*lengths: float, pause: float = 1.0) -> Audio:
    """Tones of these lengths with a pause around each."""
    hush = np.zeros(round(pause * RATE), np.float32)
    parts = [hush]
    for length in lengths:
        tone = 0.5 * np.sin(np.arange(round(length * RATE)) * 0.1)
        parts += [tone.astype(np.float32), hush]
    return Audio(np.concatenate(parts), RATE)


class Halving(FrameSession):
    """Takes 6 dB away, and lags 50 ms."""

    def __init__(self) -> None:
        super().__init__(hop=160, delay=640)
        self._line = np.zeros(640, np.float32)

    def process(self, samples: Samples) -> Samples:
        assert np.isfinite(samples).all()
        line = np.concatenate([self._line, samples])
        self._line = line[len(samples) :]
        return line[: len(samples)] / 2


class Half:
    """The denoiser; it counts its sessions."""

    opened = 0

    def __init__(self, params: Params, context: Any) -> None: ...

    def open(self, options: Params) -> Halving:
        Half.opened += 1
        return Halving()


class Broken:
    """A recognizer that fails."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        raise RuntimeError("out of memory")


class Silent:
    """A recognizer that hears nothing."""

    def __init__(self, params: Params, context: object) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        yield from ()
