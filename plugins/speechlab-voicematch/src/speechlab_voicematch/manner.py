"""What a voice has whatever it says, its pitch, its range and its colour, and how to give it to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .vocoder import HIGHEST, LOWEST, RATE, Numbers, Sound

COLOUR = 3.5
"""A frequency is made louder or quieter by at most so much (natural logarithm of the energy; 15 dB)."""
RANGE = (0.7, 1.4)
"""By how much the range of the pitch is narrowed or widened, at most."""
SMOOTHED = 6
"""Bins by which the colour is smoothed: 140 Hz."""
LOUD = 40
"""Percentile of the frames' loudness from which on they tell of the colour."""
FAINT = 16.0
"""How far below its strongest frequency a recording has nothing (natural logarithm of the energy; 70 dB)."""
EDGE = 12
"""Bins over which the colour of a reference fades out where its sound ends: 280 Hz."""


@dataclass(frozen=True)
class Manner:
    """How a voice speaks on average."""

    pitch: float
    """Median of its logarithm."""
    range: float
    """Standard deviation of its logarithm."""
    colour: Numbers
    """The mean envelope of its vowels, smoothed, of mean 0."""


def manner(sound: Sound) -> Manner:
    """How somebody speaks. There must be voiced frames."""
    heights = np.log(sound.pitch[sound.voiced])
    low, high = np.percentile(heights, [5, 95])  # jumps of an octave lie outside
    inside = heights[(heights >= low) & (heights <= high)]
    heights = inside if len(inside) else heights  # of two, neither is inside
    loudness = np.log(np.exp(sound.envelope).sum(1))
    vowels = sound.envelope[sound.voiced & (loudness > np.percentile(loudness, LOUD))]
    if not len(vowels):
        vowels = sound.envelope[sound.voiced]
    colour = gaussian_filter1d((vowels - vowels.mean(1, keepdims=True)).mean(0), SMOOTHED)
    return Manner(float(np.median(heights)), float(heights.std()) + 1e-3, colour)


def pitched(sound: Sound, own: Manner, wanted: Manner) -> Numbers:
    """The pitch of the speech, moved from the height and range of one voice to those of another."""
    stretch = float(np.clip(wanted.range / own.range, *RANGE))
    moved = np.zeros_like(sound.pitch)
    heights = (np.log(sound.pitch[sound.voiced]) - own.pitch) * stretch + wanted.pitch
    moved[sound.voiced] = np.clip(np.exp(heights), LOWEST / 2, HIGHEST * 1.5)
    return moved


def coloured(own: Manner, wanted: Manner, present: Numbers) -> Numbers:
    """What to add to each frame's envelope so that its colour is another voice's, where that one's is ``present``; what
    its recording lacks, such as a telephone's treble, stays as it is."""
    change = wanted.colour - own.colour
    change -= np.average(change, weights=present)
    return np.clip(change, -COLOUR, COLOUR) * present


def warped(envelope: Numbers, by: float) -> Numbers:
    """The envelope with its formants moved up, where ``by`` is above 1, or down."""
    if by == 1:
        return envelope
    bins = envelope.shape[1]
    at = np.clip(np.arange(bins) / by, 0, bins - 1)
    low = at.astype(int)
    part = at - low
    return envelope[:, low] * (1 - part) + envelope[:, np.minimum(low + 1, bins - 1)] * part


def presence(rate: int, bins: int) -> Numbers:
    """How much of each frequency a recording of this rate can hold: 1, fading to 0 below half the rate."""
    return _up_to((bins - 1) * min(1.0, 0.95 * rate / RATE), bins)


def held(sound: Sound) -> Numbers:
    """How much of each frequency there is in speech, whatever its rate: 1, fading to 0 below where it ends."""
    mean = np.log(np.exp(sound.envelope).mean(0))
    return _up_to(float(np.flatnonzero(mean > mean.max() - FAINT)[-1]), len(mean))


def _up_to(last: float, bins: int) -> Numbers:
    if last >= bins - 1:
        return np.ones(bins)
    return np.clip((last - np.arange(bins)) / EDGE, 0, 1)
