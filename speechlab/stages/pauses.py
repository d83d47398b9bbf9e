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
        samples = np.concatenate([self._rest, audio.mono])
        at = audio.start - len(self._rest) / audio.sample_rate
        count = len(samples) // step
        self._rest = samples[count * step :]
        power = (samples[: count * step].reshape(count, step) ** 2).mean(axis=1)
        for number, level in enumerate((10 * np.log10(power + 1e-10)).tolist()):
            self._frame(level, at + number * FRAME)

    def _frame(self, level: float, at: float) -> None:
        self._low = min(level, self._low + DRIFT * FRAME)
        self._high = max(level, self._high - DRIFT * FRAME)
        spread = self._high - self._low
        if spread < RANGE or level > self._low + SHARE * spread:
            self._since = None
        elif self._since is None:
            self._since = at
