"""How much each moment of a sound is like speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .audio import Samples


@dataclass(frozen=True, slots=True, eq=False)
class SpeechScores:
    """What a speech detector made of a sound, before any threshold: one value for each step of time."""

    values: Samples
    """In [0, 1], on the scale of the detector's ``threshold``: a probability, or a loudness."""
    step: float
    """Seconds that one value stands for."""
    start: float
    """Where on its timeline the sound begins, in seconds."""
    end: float
    """Where it ends; the last value may stand for less than a step, or lie before the end."""

    def __post_init__(self) -> None:
        values = np.asarray(self.values, np.float32).view()
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def highest(self, most: int) -> tuple[Samples, float]:
        """At most so many values for a picture, the highest of each stretch, and the seconds that one stands for.

        >>> values, step = SpeechScores([0, 1, 0, 0, 0.5], 0.1, 0.0, 0.5).highest(3)
        >>> values.tolist(), step
        ([1.0, 0.0, 0.5], 0.2)
        """
        stretch = max(1, -(-len(self.values) // max(1, most)))
        if stretch == 1:
            return self.values, self.step
        return np.maximum.reduceat(self.values, np.arange(0, len(self.values), stretch)), self.step * stretch
