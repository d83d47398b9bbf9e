"""The two networks on ONNX Runtime, and the features that the second one hears."""

from __future__ import annotations

from pathlib import Path

import kaldi_native_fbank as knf  # type: ignore[import-untyped]
import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from speechlab import Samples

from . import SEGMENTATION, TELEPHONE, VOICES
from .grid import CHUNK, RATE

BANDS = 80
SIZE = 192
"""Numbers that tell of a voice."""


class Networks:
    """The loaded weights. They keep nothing of what they hear, so threads may share them."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._segmentation = _opened(folder / SEGMENTATION, threads)
        self._voices = _opened(folder / VOICES, threads)
        self._telephone: Samples = np.load(folder / TELEPHONE, allow_pickle=False)

    def activity(self, sound: Samples) -> Samples:
        """Up to ten seconds as probabilities (589, 7): nobody; speaker 0; 1; 2; both 0 and 1; 0 and 2; 1 and 2."""
        whole = np.zeros((1, 1, CHUNK), np.float32)
        whole[0, 0, : len(sound)] = sound
        [told] = self._segmentation.run(None, {"sound": whole})
        probabilities: Samples = np.exp(told[0])
        return probabilities

    def voices(self, features: Samples, masks: Samples) -> Samples:
        """The voice in each masked part of a stretch, a unit vector of 192 numbers: (parts, 192).

        What all voices have in common on a telephone is taken out of it; without that, they are all alike there.
        """
        heard = features - features.mean(axis=0)
        [told] = self._voices.run(None, {"features": heard[None], "masks": masks})
        told -= np.outer(told @ self._telephone, self._telephone)
        return unit(told)


def unit(vectors: Samples) -> Samples:
    """The vectors at length 1; one without length stays so."""
    scaled: Samples = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return scaled


class Features:
    """A stream's logarithmic mel energies as Kaldi computes them, each computed once."""

    def __init__(self) -> None:
        options = knf.FbankOptions()
        options.frame_opts.samp_freq = RATE
        options.frame_opts.dither = 0.0
        options.mel_opts.num_bins = BANDS
        self._fbank = knf.OnlineFbank(options)
        self._first = self._next = 0
        self._kept = np.zeros((0, BANDS), np.float32)

    def hear(self, sound: Samples) -> None:
        """The next samples."""
        self._fbank.accept_waveform(RATE, sound.tolist())
        ready = self._fbank.num_frames_ready
        if ready > self._next:
            new = [self._fbank.get_frame(number) for number in range(self._next, ready)]
            self._kept = np.concatenate([self._kept, np.asarray(new, np.float32)])
            self._fbank.pop(ready - self._next)
            self._next = ready

    def forget(self, before: int) -> None:
        """Let go of the features before this one."""
        drop = max(0, min(before, self._next) - self._first)
        self._kept = self._kept[drop:]
        self._first += drop

    @property
    def kept(self) -> Samples:
        """Those that are still here, shaped (features, 80)."""
        return self._kept


def _opened(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False  # it never gives memory back, and gains nothing here
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
