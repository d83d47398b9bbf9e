"""The tone controls that make a voice sound most like another to the speaker encoder."""

from __future__ import annotations

import numpy as np

from speechlab import Audio, Samples

from .speaker import RATE as HEARS
from .speaker import WINDOW, SpeakerEncoder, bands, unit
from .vocoder import RATE, Numbers

CONTROLS = 10
"""Tone controls, evenly spaced on the mel scale up to 8 kHz; between them, the gain is interpolated."""
MOST = 1.2
"""A control is moved by at most so much (natural logarithm of the energy; 5 dB)."""
ROUNDS = 8
PROBED = 0.15
"""By how much each control is moved to learn where it leads."""
STRIDES = (0.25, 0.6, 1.1)
"""How far all are moved together, of which the best is taken; half as far once none is better."""


def toned(encoder: SpeakerEncoder, audio: Audio, wanted: Samples, bins: int) -> Numbers:
    """What to add to each frame's envelope, (bins,), so that the voice of the sound is nearer to another."""
    heard = encoder.stretches(audio)
    if not len(heard):
        return np.zeros(bins)
    centres = np.fft.rfftfreq(WINDOW, 1 / HEARS) @ bands() / bands().sum(0)
    to_bands = _controls(centres)

    def likeness(settings: Numbers) -> Numbers:
        """For each row of settings, how like the wanted voice it is."""
        moved = heard[None] * np.exp(settings @ to_bands.T)[:, None, None, :]
        moved *= heard.sum() / moved.sum((1, 2, 3), keepdims=True)  # none is louder
        voices = encoder.told(moved.reshape(-1, *heard.shape[1:]).astype(np.float32))
        return unit(voices.reshape(len(settings), len(heard), -1).mean(1)) @ wanted

    best = np.zeros(CONTROLS)
    reached, stride = likeness(best[None])[0], 1.0
    for _ in range(ROUNDS):
        slope = likeness(best + PROBED * np.eye(CONTROLS)) - reached
        if not slope.any():
            break
        steps = np.outer(STRIDES, unit(slope)) * stride
        tried = np.clip(best + steps, -MOST, MOST)
        found = likeness(tried)
        if found.max() > reached:
            best, reached = tried[found.argmax()], found.max()
        else:
            stride /= 2
    return _controls(np.linspace(0, RATE / 2, bins)) @ best


def _controls(frequencies: Numbers) -> Numbers:
    """How much of each control there is at each frequency: (frequencies, controls)."""
    places = np.linspace(0, _mel(np.array(HEARS / 2)), CONTROLS)
    distance = np.abs(_mel(np.minimum(frequencies, HEARS / 2))[:, None] - places) / places[1]
    return np.maximum(0.0, 1 - distance)


def _mel(frequencies: Numbers) -> Numbers:
    return 2595 * np.log10(1 + frequencies / 700)
