"""Spectral gating of a stream, block by block, each with some of the sound before and after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from speechlab import Context, FrameSession, Params, Samples

from . import NoisereduceOptions

RATE = 48_000
FFT = 1024
HOP = FFT // 4
BEFORE, BLOCK, AFTER = 375 * HOP, 188 * HOP, 94 * HOP
"""Samples: 2 s, 1 s and half a second. More before and after come no nearer to what a whole recording gives."""
DITHER = 1e-9
"""Noise far below hearing that is added first: where there is no sound at all, the gate is 0 / 0."""


class Noisereduce:
    """Opens streams; there is nothing to load but the library."""

    def __init__(self, params: Params, context: Context) -> None:
        # Not at the top: where torch is installed, it is imported along.
        from noisereduce import reduce_noise

        self._reduce = reduce_noise

    def open(self, options: NoisereduceOptions) -> NoisereduceSession:
        """A new stream."""
        return NoisereduceSession(self._reduce, options)


class NoisereduceSession(FrameSession):
    """Cleans one stream of 48 kHz."""

    def __init__(self, reduce: Any, options: NoisereduceOptions) -> None:
        super().__init__(BLOCK, AFTER)
        self._reduce, self._knobs = reduce, options.model_dump()
        self._past: Samples = np.zeros(0, np.float32)
        """What was heard of the blocks before, as far as the next one needs it."""
        self._dither = DITHER * np.random.default_rng(0).standard_normal(BEFORE + BLOCK + AFTER)

    def process(self, samples: Samples) -> Samples:
        return np.concatenate([self._block(block) for block in samples.reshape(-1, BLOCK)])

    def _block(self, block: Samples) -> Samples:
        sound = np.concatenate([self._past, block])
        self._past = sound[-(BEFORE + AFTER) :]
        gated = self._reduce(
            y=sound + self._dither[: len(sound)], sr=RATE, n_fft=FFT, chunk_size=None, padding=0, **self._knobs
        )
        early = max(0, AFTER + BLOCK - len(sound))  # of the very first block, what would lie before it
        return np.concatenate([np.zeros(early), gated])[-(AFTER + BLOCK) :][:BLOCK].astype(np.float32)
