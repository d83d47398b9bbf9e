"""The detector and its sessions: each look at the last ten seconds judges the moments that it knows from both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from speechlab import Audio, Context, Samples, SpeechEnded, SpeechStarted, torch_device

from . import SEGMENTATION_WEIGHTS, PyannoteVadOptions, VadParams
from .pipelines import checkpoint
from .speech import Edge, Stretches
from .upstream import Inference, quiet

RATE = 16_000
LOUDEST = 1000.0
"""No sound is louder; a sample beyond, or NaN, is taken for silence, since it would spoil all around it."""


class PyannoteVad:
    """A segmentation network of pyannote.audio; its sessions share it and nothing else."""

    def __init__(self, params: VadParams, context: Context) -> None:
        folder = context.weights(SEGMENTATION_WEIGHTS, folder=params.folder)
        with quiet():
            network = checkpoint(folder, params.folder or SEGMENTATION_WEIGHTS.id, pickles=params.pickles)
            network.to(torch_device(params.device))
            self._inference = Inference(network, skip_conversion=True)
        field = network.receptive_field
        self.window = round(self._inference.duration * RATE)
        """Samples that the network hears at most."""
        self.frame = round(field.step * RATE)
        """Samples from one of its frames to the next."""
        self.field = round(field.duration * RATE)
        """Samples that one frame looks at."""

    def open(self, options: PyannoteVadOptions) -> PyannoteVadSession:
        """Listen to one stream."""
        return PyannoteVadSession(self, options)

    def frames(self, samples: int) -> int:
        """How many frames lie in so many samples."""
        return max(0, (samples - self.field) // self.frame + 1)

    def speech(self, sound: Samples) -> Samples:
        """The probability in each frame of a stretch that somebody speaks."""
        with quiet():
            told: Any = self._inference.infer(torch.from_numpy(sound)[None, None])[0]
        if self._inference.model.specifications.powerset:  # logarithms: the first class is nobody
            probabilities: Samples = 1 - np.exp(told[:, 0])
            return probabilities
        loudest: Samples = told.max(axis=1)
        return loudest


class PyannoteVadSession:
    """One stream of sound, 16 kHz, beginning where its first chunk begins. All looks see the same frames, so that it
    does not matter where the sound is cut."""

    def __init__(self, engine: PyannoteVad, options: PyannoteVadOptions) -> None:
        self._engine = engine
        most = engine.frames(engine.window)
        self._step = min(most, max(1, round(options.step_seconds * RATE / engine.frame)))
        self._ahead = min(most - self._step, round(options.lookahead_seconds * RATE / engine.frame))
        self._stretches = Stretches(options, engine.frame / RATE, (engine.field - engine.frame) / 2 / RATE)
        self._origin: float | None = None
        self._heard = 0
        """Samples heard so far."""
        self._sound: Samples = np.zeros(0, np.float32)
        self._first = 0
        """The frame that begins with the first sample that is kept."""
        self._judged = 0
        """Frames that were judged."""

    def feed(self, audio: Audio) -> list[SpeechStarted | SpeechEnded]:
        """Hear the next chunk, of any length."""
        if self._origin is None:
            self._origin = audio.start
        mono = audio.mono
        self._heard += len(mono)
        self._sound = np.concatenate([self._sound, np.where(np.abs(mono) < LOUDEST, mono, np.float32(0))])
        edges: list[Edge] = []
        while self._first + self._engine.frames(len(self._sound)) >= self._judged + self._step + self._ahead:
            edges += self._judge(self._judged + self._step, self._judged + self._step + self._ahead)
        return self._events(edges)

    def flush(self) -> list[SpeechStarted | SpeechEnded]:
        """The stream is over; what is left is judged without anything after it."""
        last = self._first + self._engine.frames(len(self._sound))
        edges = self._judge(last, last) if last > self._judged else []
        edges += self._stretches.finish(self._heard / RATE)
        return self._events(edges)

    def _judge(self, until: int, known: int) -> list[Edge]:
        """Judge the next frames, until one, by the last ten seconds before another; let go of what no look needs."""
        engine = self._engine
        start = max(self._first, known - engine.frames(engine.window))
        begin = (start - self._first) * engine.frame
        end = (known - 1 - self._first) * engine.frame + engine.field
        told = engine.speech(self._sound[begin:end])[self._judged - start : until - start]
        self._judged = until
        keep = max(self._first, until + 1 - engine.frames(engine.window))
        self._sound = self._sound[(keep - self._first) * engine.frame :]
        self._first = keep
        return list(self._stretches.push(told.tolist()))

    def _events(self, edges: list[Edge]) -> list[SpeechStarted | SpeechEnded]:
        return [kind((self._origin or 0.0) + at) for kind, at in edges]
