"""Clips as the encoder hears them: each with silence after it, those that are equally long together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from threadpoolctl import ThreadpoolController

from speechlab import Audio

from . import DecodingOptions

T = TypeVar("T", bound=Hashable)
Features = np.ndarray[Any, np.dtype[np.float32]]

BLAS = ThreadpoolController()
WINDOW = 30.0
"""Seconds that Whisper hears at once."""


def context(clip: Audio, options: DecodingOptions) -> float:
    """How many seconds of a clip and the silence after it are encoded.

    Whole seconds, so that clips of about one length are decoded together.
    """
    if options.context == "padded":
        return WINDOW
    return min(WINDOW, max(options.context_floor, ceil(clip.duration + options.context_margin)))


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder heard in some clips, each with as much silence after it as makes them equally long."""

    clips: Sequence[Audio]
    features: ctranslate2.StorageView

    @classmethod
    def of(cls, model: WhisperModel, clips: Sequence[Audio], seconds: float) -> Encoded:
        """Encode the clips: together on a GPU; one by one on a processor, where it is faster and keeps memory flat."""
        frames = round(seconds * model.frames_per_second)
        with BLAS.limit(limits=1, user_api="blas"):  # BLAS threads would spin on through the decoding
            heard = [_hear(model, clip, frames) for clip in clips]
        if model.model.device != "cpu":
            return cls(clips, model.encode(np.stack(heard)))
        return cls(clips, _join([np.asarray(model.encode(one)) for one in heard]))

    def pick(self, chosen: Sequence[int]) -> Encoded:
        """Some of the clips."""
        if list(chosen) == list(range(len(self.clips))):
            return self
        features = self.features
        if features.device != "cpu":
            features = features.to(ctranslate2.DataType.float32).to_device(ctranslate2.Device.cpu)
        return Encoded([self.clips[i] for i in chosen], _join([np.asarray(features)[i : i + 1] for i in chosen]))


Groups = Sequence[tuple[Sequence[int], Encoded]]
"""Clips of one context, with where they stand among all."""


def encode(model: WhisperModel, clips: Sequence[Audio], options: DecodingOptions) -> Groups:
    """The clips, those of one context together."""
    contexts = [context(clip, options) for clip in clips]
    return [(some, Encoded.of(model, [clips[i] for i in some], seconds)) for seconds, some in alike(contexts)]


def alike(values: Iterable[T]) -> Iterator[tuple[T, list[int]]]:
    """Each value, and where it stands.

    >>> list(alike("abba"))
    [('a', [0, 3]), ('b', [1, 2])]
    """
    places: dict[T, list[int]] = {}
    for i, value in enumerate(values):
        places.setdefault(value, []).append(i)
    yield from places.items()


def _hear(model: WhisperModel, clip: Audio, frames: int) -> Features:
    """So many frames of the clip and what follows it.

    What is left of a whole window is zeros, as in faster-whisper, which to Whisper are a hiss. In a short context,
    where more hangs on it, it is what silence sounds like, as in Whisper's training.
    """
    samples = clip.mono
    if frames < round(WINDOW * model.frames_per_second):
        samples = np.pad(samples, (0, max(0, frames * model.feature_extractor.hop_length - len(samples))))
    features: Features = pad_or_trim(model.feature_extractor(samples)[..., :-1], frames)
    return features


def _join(parts: Sequence[np.ndarray[Any, Any]]) -> ctranslate2.StorageView:
    return ctranslate2.StorageView.from_array(np.concatenate(parts))
