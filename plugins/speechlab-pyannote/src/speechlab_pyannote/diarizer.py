"""The diarizer and its sessions: windows go through the networks as sound comes, and speakers are told at the end.

pyannote.audio's pipeline takes a whole recording in one call. Its two costly steps look at each window by itself, so a
session does them as sound comes: it keeps the last ten seconds of it, can be left at any time, and tells in the end
just what the one call would have told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from typing import Any

import numpy as np
import torch

from speechlab import Audio, Context, Samples, Turn, TurnUpdate

from . import DiarizeParams, PyannoteOptions
from .pipelines import build
from .upstream import SlidingWindow, SlidingWindowFeature, SpeakerDiarization, quiet

RATE = 16_000
LOUDEST = 1000.0
"""No sound is louder; a sample beyond, or NaN, is taken for silence, since it would spoil all around it."""


class Pyannote:
    """A pipeline of pyannote.audio; its sessions share the networks and nothing else."""

    def __init__(self, params: DiarizeParams, context: Context) -> None:
        self._pipeline = build(params, context)

    def open(self, options: PyannoteOptions) -> PyannoteSession:
        """Listen to one stream."""
        return PyannoteSession(self._pipeline, options)


class PyannoteSession:
    """One stream of sound, 16 kHz, beginning where its first chunk begins."""

    def __init__(self, pipeline: SpeakerDiarization, options: PyannoteOptions) -> None:
        self._pipeline, self._options = pipeline, options
        windows = pipeline._segmentation
        self._window, self._step = round(windows.duration * RATE), round(windows.step * RATE)
        self._batch: int = pipeline.segmentation_batch_size
        self._origin = 0.0
        self._heard = 0
        """Samples heard so far."""
        self._sound: Samples = np.zeros(0, np.float32)
        """From the start of the first window that was not looked at."""
        self._activity: list[Any] = []
        """For each window, who of its local speakers speaks when: (frames, speakers)."""
        self._voices: list[Any] = []
        """For each window, the voice of each of them: (speakers, numbers)."""

    def feed(self, audio: Audio) -> list[TurnUpdate]:
        """Hear the next stretch, of any length."""
        if not self._heard:
            self._origin = audio.start
        mono = audio.mono
        self._heard += len(mono)
        clean = np.where(np.abs(mono) < LOUDEST, mono, np.float32(0))
        for begin in range(0, len(clean), self._batch * self._step):
            self._sound = np.concatenate([self._sound, clean[begin : begin + self._batch * self._step]])
            ready = self._ready
            if ready >= self._batch:
                self._look(self._sound[: self._window + (ready - 1) * self._step])
                self._sound = self._sound[ready * self._step :]
        return []

    def flush(self) -> list[TurnUpdate]:
        """The stream is over: who spoke when. The window that is not full ends in silence."""
        seen = self._window - self._step if self._activity else 0  # samples that an earlier window has looked at
        if len(self._sound) > seen:
            self._look(self._sound)
        if not self._activity:
            return []
        return [TurnUpdate(turn=turn, final=True) for turn in self._turns()]

    @property
    def _ready(self) -> int:
        """Full windows that were not looked at."""
        return max(0, (len(self._sound) - self._window) // self._step + 1)

    def _look(self, sound: Samples) -> None:
        """Send the windows of a stretch through both networks."""
        file = {"waveform": torch.from_numpy(sound)[None], "sample_rate": RATE, "uri": "stretch"}
        with quiet(), torch.inference_mode():
            activity = self._pipeline.get_segmentations(file)
            if activity.data.any():
                exclude = self._pipeline.embedding_exclude_overlap
                voices = self._pipeline.get_embeddings(file, activity, exclude_overlap=exclude)
            else:
                windows, _, speakers = activity.data.shape
                voices = np.full((windows, speakers, self._pipeline._embedding.dimension), np.nan, np.float32)
        self._activity.append(activity.data)
        self._voices.append(voices)

    # -- telling -------------------------------------------------------------------------------------------------------

    def _turns(self) -> Iterator[Turn]:
        windows = SlidingWindow(start=0.0, duration=self._window / RATE, step=self._step / RATE)
        activity = SlidingWindowFeature(np.vstack(self._activity), windows)
        voices = np.vstack(self._voices)
        heard = copy(self._pipeline)  # the rest of the pipeline, its costly steps done
        heard.get_segmentations = lambda file, hook=None: activity
        heard.get_embeddings = lambda file, *_, hook=None, **__: voices
        options = self._options
        with quiet(), _tuned(heard, options):
            told = heard.apply(
                {"uri": "sound"},
                num_speakers=options.speakers,
                min_speakers=options.min_speakers,
                max_speakers=options.max_speakers,
            )
        end = self._heard / RATE
        names: dict[str, str] = {}
        for number, (segment, _, label) in enumerate(told.speaker_diarization.itertracks(yield_label=True), 1):
            start, stop = min(segment.start, end), min(segment.end, end)
            if stop - start <= options.min_duration_on:
                continue
            name = names.setdefault(label, f"Speaker {len(names) + 1}")
            yield Turn(self._origin + start, self._origin + stop, speaker=name, id=f"t{number}")


@contextmanager
def _tuned(pipeline: SpeakerDiarization, options: PyannoteOptions) -> Iterator[None]:
    """The pipeline with the thresholds that ``options`` ask for; afterwards it has its own again."""
    own = pipeline.parameters(instantiated=True)
    asked = deepcopy(own)
    if options.threshold is not None:
        asked["clustering"]["threshold"] = options.threshold
    if options.min_duration_off is not None:
        asked["segmentation"]["min_duration_off"] = options.min_duration_off
    pipeline.instantiate(asked)
    try:
        yield
    finally:
        pipeline.instantiate(own)
