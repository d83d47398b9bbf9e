"""How a person sounds, as a vector, and how alike two people sound: the GE2E encoder of Resemblyzer without torch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import binary_dilation, uniform_filter1d

from speechlab import Audio, Samples

from . import ENCODER

RATE = 16_000
SIZE = 256
"""Numbers that tell of a voice."""
HOP, WINDOW, BANDS = 160, 400, 40
HEARD = 160
"""Frames that the network hears at once: 1.6 s."""
STEP = 77
"""Frames from one such stretch to the next."""
COVERED = 0.75
"""How much of the last stretch must be sound, where there are others."""
LEVEL = 10 ** (-25 / 20)
"""Sound is made as loud as this (root mean square): the energies are not logarithms, so loudness would tell."""
FRAME = 480
"""Samples by which silence is found."""
QUIET = 10 ** (-25 / 20)
"""Of the loud frames: what is quieter is silence."""
SMOOTHED, KEPT = 8, 7
"""Frames over which speech is averaged, and by which a silence is filled up: longer ones are cut."""


class SpeakerEncoder:
    """The loaded network. It keeps nothing of what it hears, so threads may share it."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        self._network = onnxruntime.InferenceSession(str(folder / ENCODER), options, ["CPUExecutionProvider"])

    def embed(self, audio: Audio) -> Samples:
        """The voice of the one person who speaks: 256 numbers, a vector of length 1; zeros where nobody is heard."""
        stretches = self.stretches(audio)
        return unit(self.told(stretches).mean(0)) if len(stretches) else np.zeros(SIZE, np.float32)

    def stretches(self, audio: Audio) -> Samples:
        """What it hears: stretches of 1.6 s that overlap, (stretches, 160, 40); none where nobody is heard."""
        heard = speech(soxr.resample(audio.mono, audio.sample_rate, RATE))
        if not heard.size:
            return np.zeros((0, HEARD, BANDS), np.float32)
        frames = -(-(len(heard) + 1) // HOP)
        starts = np.arange(0, max(1, frames - HEARD + STEP + 1), STEP)
        if len(starts) > 1 and len(heard) - starts[-1] * HOP < COVERED * HEARD * HOP:
            starts = starts[:-1]
        energies = mel(np.pad(heard, (0, max(0, (starts[-1] + HEARD) * HOP - len(heard)))))
        return np.stack([energies[at : at + HEARD] for at in starts])

    def told(self, stretches: Samples) -> Samples:
        """The voice in each stretch: (stretches, 256), each of length 1."""
        voices: Samples = self._network.run(None, {"mels": stretches})[0]
        return voices


def unit(vectors: Samples) -> Samples:
    """The vectors at length 1."""
    scaled: Samples = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return scaled


def speech(samples: Samples) -> Samples:
    """Sound at 16 kHz, all equally loud, with its long silences cut."""
    frames = len(samples) // FRAME
    samples = samples[: frames * FRAME]
    level = float(np.sqrt(np.square(samples).mean())) if frames else 0.0
    if level < 1e-5:
        return samples[:0]
    parts = (samples * (LEVEL / level)).astype(np.float32).reshape(frames, FRAME)
    loudness = np.sqrt(np.square(parts).mean(1))
    loud = loudness > QUIET * np.percentile(loudness, 95)
    spoken = uniform_filter1d(loud.astype(np.float32), SMOOTHED, mode="constant") >= 0.5
    return parts[binary_dilation(spoken, np.ones(KEPT))].reshape(-1)


def mel(samples: Samples) -> Samples:
    """The energies in 40 bands of the mel scale, one frame for each 10 ms: (frames, 40)."""
    padded = np.pad(samples, WINDOW // 2)
    hann = np.hanning(WINDOW + 1)[:-1]
    power = np.abs(np.fft.rfft(sliding_window_view(padded, WINDOW)[::HOP] * hann)) ** 2
    return (power @ bands()).astype(np.float32)


@cache
def bands() -> Samples:
    """The bands' weights, (201, 40): triangles of equal area on Slaney's mel scale, linear up to 1 kHz."""
    linear, step = 15.0, np.log(6.4) / 27
    top = linear + np.log(RATE / 2 / 1000) / step
    mels = np.linspace(0, top, BANDS + 2)
    edges = np.where(mels < linear, mels * 200 / 3, 1000 * np.exp(step * (mels - linear)))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles: Samples = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    return triangles
