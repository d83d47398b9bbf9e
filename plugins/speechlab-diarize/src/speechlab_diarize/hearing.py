"""What is heard in one chunk: who of its local speakers is active when, and whose voice sounds at each moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speechlab import Samples

from .grid import FIRST, FRAME, FRAMES, HOP, MOMENT, POOLED, RATE, VOICED, frames_in
from .networks import SIZE, Networks

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ACTIVE: Flags = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.bool_)
"""Which of the three local speakers each of the network's classes means."""
LOCAL = ACTIVE.shape[1]
PAIRS = slice(4, 7)

REACH = 0.75
"""Seconds to both sides of a moment from which its voice is taken; longer ones mix turns, shorter ones tell less."""
SHORTEST = 0.25
"""Seconds of a voice from which on it is worth something."""
STILL = 0.5
"""How much the energies of a voice (their logarithms, in a band of it) at least vary around a moment. Those of speech
vary by 1.5 and more, those of noise by 0.8; what varies less is a chord or a hum that the network took for speech."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Points in time at which one person speaks alone, and that person's voice around each."""

    frames: Integers
    voices: Samples
    """Unit vectors."""
    seconds: Samples
    """How much of the voice was heard for each."""
    speakers: Integers
    """Who of the local speakers it is."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One chunk, its frames counted from the start of the stream."""

    first: int
    speech: Samples
    """For each frame the probability that somebody speaks."""
    overlap: Samples
    """For each frame the probability that two speak."""
    active: Flags
    """For each frame who of the three local speakers speaks."""
    moments: Moments


def hear(networks: Networks, sound: Samples, features: Samples, first: int, since: int) -> Heard:
    """A chunk of up to ten seconds. ``first`` is the number of its first frame, ``since`` the one in it from which on
    moments are wanted."""
    frames = min(FRAMES, frames_in(len(sound)))
    told = networks.activity(sound)[:frames]
    active = ACTIVE[told.argmax(axis=1)]
    moments = _moments(networks, features, active, first, since)
    return Heard(first, 1 - told[:, 0], told[:, PAIRS].sum(axis=1), active, moments)


def _moments(networks: Networks, features: Samples, active: Flags, first: int, since: int) -> Moments:
    alone = np.where(active.sum(axis=1) == 1, active.argmax(axis=1), -1)
    middles = (FIRST + FRAME * np.arange(len(alone))) / RATE
    voiced = (VOICED + HOP * POOLED * np.arange((len(features) + POOLED - 1) // POOLED)) / RATE
    if not len(alone) or not len(voiced):
        return NONE
    speaking = alone[np.clip(np.round((voiced * RATE - FIRST) / FRAME).astype(int), 0, len(alone) - 1)]
    frames, speakers, masks = [], [], []
    for frame in range(since + MOMENT // 2, len(alone), MOMENT):
        around = alone[frame - MOMENT // 2 : frame + MOMENT // 2]
        if not (around >= 0).any():
            continue
        speaker = int(np.bincount(around[around >= 0]).argmax())
        mask = (speaking == speaker) & (np.abs(voiced - middles[frame]) <= REACH)
        if mask.sum() * HOP * POOLED / RATE >= SHORTEST:
            frames.append(first + frame)
            speakers.append(speaker)
            masks.append(mask)
    if not masks:
        return NONE
    weights = np.array(masks, np.float32)
    alive = _varying(features[::POOLED], weights) > STILL
    if not alive.any():
        return NONE
    voices = networks.voices(features, weights[alive])
    seconds = weights[alive].sum(axis=1) * np.float32(HOP * POOLED / RATE)
    return Moments(np.array(frames)[alive], voices, seconds, np.array(speakers)[alive])


def _varying(features: Samples, weights: Samples) -> Samples:
    """For each part, how much the features vary in it, over time."""
    count = weights.sum(axis=1, keepdims=True)
    level = features - features.mean(axis=0)  # what is squared below is small, so that little is lost in it
    mean = weights @ level / count
    varying: Samples = np.sqrt(np.maximum(weights @ level**2 / count - mean**2, 0)).mean(axis=1)
    return varying


NONE = Moments(np.zeros(0, np.int64), np.zeros((0, SIZE), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
