"""Whether a speaker seems to pause, from loudness alone: early, cheap, and sometimes wrong.

A detector is sure that speech has ended only after half a second of silence. Who looks at an utterance as soon as it
seems to pause has its text by then.
"""

from __future__ import annotations

import numpy as np

from ..types import Audio

FRAME = 0.02
"""Seconds over which loudness is measured."""
RANGE = 12.0
"""Decibels between the quiet and the loud, below which nothing is told."""
SHARE = 0.35
"""A frame is quiet where its level lies this far up from the quietest to the loudest, or lower."""
DRIFT = 3.0
"""Decibels a second by which the quietest and the loudest that were heard are forgotten."""


class Pauses:
    """Follows the level of one stream."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._low, self._high = 0.0, -100.0
        self._since: float | None = None

    @property
    def since(self) -> float | None:
        """When the quiet began that lasts until now, in seconds; None while it is loud, or nothing is sure."""
        return self._since

    def hear(self, audio: Audio) -> None:
        """The next chunk."""
        step = round(FRAME * audio.sample_rate)
        samples = np.concatenate([self._rest, audio.mono]) if len(self._rest) else audio.mono
        at = audio.start - len(self._rest) / audio.sample_rate
        count = len(samples) // step
        self._rest = samples[count * step :]
        frames = samples[: count * step].reshape(count, step)
        power = np.einsum("ij,ij->i", frames, frames) / step
        low, high, since, drift = self._low, self._high, self._since, DRIFT * FRAME
        for number, level in enumerate((10 * np.log10(power + 1e-10)).tolist()):  # every stream, fifty times a second
            low = level if level < low + drift else low + drift
            high = level if level > high - drift else high - drift
            if high - low < RANGE or level > low + SHARE * (high - low):
                since = None
            elif since is None:
                since = at + number * FRAME
        self._low, self._high, self._since = low, high, since
