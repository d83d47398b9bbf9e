"""What is said from moment to moment, whoever says it: the frames of Whisper's encoder."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import soxr

from speechlab import Context, Samples

from .vocoder import RATE

WINDOW = 10
"""Seconds that are heard at once; sound beyond them, or silence up to them, moves what each frame tells a little."""
STEP = 20
"""Milliseconds of a frame."""
HEARS = 16_000


class Content:
    """Whisper base, its encoder alone. Threads may share it."""

    def __init__(self, context: Context, threads: int) -> None:
        from faster_whisper import WhisperModel
        from speechlab_whisper.models import BASE

        self._model = WhisperModel(
            str(context.weights(BASE)), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )

    def frames(self, samples: Samples) -> Samples:
        """What is said in sound at 24 kHz, one row of length 1 for each 20 ms, apart from what all rows share."""
        sound = soxr.resample(samples, RATE, HEARS)
        size = WINDOW * HEARS
        parts = [self._encoded(sound[at : at + size]) for at in range(0, len(sound), size)]
        rows = np.concatenate(parts)
        rows -= rows.mean(0)
        told: Samples = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return told

    def _encoded(self, sound: Samples) -> Samples:
        mels = self._model.feature_extractor(sound)[:, : WINDOW * 100]
        mels = np.pad(mels, ((0, 0), (0, WINDOW * 100 - mels.shape[1])), constant_values=mels.min())
        told = np.array(self._model.encode(np.ascontiguousarray(mels, np.float32)))
        return told[0, : -(-len(sound) // (STEP * HEARS // 1000))].astype(np.float32)


def content(context: Context, threads: int) -> Content | None:
    """What tells the content, or None where speechlab-whisper is not installed."""
    if find_spec("speechlab_whisper") is None or find_spec("faster_whisper") is None:
        context.report("voice matching is less alike without speechlab-whisper (pip install speechlab-whisper)")
        return None
    return Content(context, threads)
