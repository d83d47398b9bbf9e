"""Stretches of sound that were worked on one by one, joined again: each flows into the next, and no time moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Audio, Samples, Span

LAP = 0.03
"""Seconds that two stretches share: within them, one fades out while the other fades in."""


class Seams:
    """Joins the stretches of one recording, in their order; each but the last ends ``LAP`` behind the next one's start.

    What is made of a stretch may be a little longer or shorter: all of it is heard, and the next begins in time.
    """

    def __init__(self) -> None:
        self._rate = 0
        self._rest: Samples = np.zeros(0, np.float32)
        self._joined = False

    def join(self, made: Sequence[Audio], span: Span, *, last: bool) -> Audio | None:
        """What can be heard now that the parts are there which were made of a stretch; None where nothing was yet."""
        if made:
            self._rate = made[0].sample_rate
        if not self._rate:
            return None
        samples = np.concatenate([part.mono for part in made]) if made else np.zeros(0, np.float32)
        lap = min(round(LAP * self._rate), len(samples) // 2)
        rising = (np.arange(lap, dtype=np.float32) + 0.5) / max(lap, 1)
        if self._joined:
            samples[:lap] *= rising
        if not last:
            samples[len(samples) - lap :] *= rising[::-1]
        due = round((span.duration - (0 if last else LAP)) * self._rate)
        mixed = np.zeros(max(due, len(samples), len(self._rest)), np.float32)
        mixed[: len(self._rest)] += self._rest
        mixed[: len(samples)] += samples
        np.clip(mixed, -1, 1, out=mixed)
        self._joined = True
        if last:
            return Audio(mixed, self._rate, span.start)
        self._rest = mixed[due:]
        return Audio(mixed[:due], self._rate, span.start)
