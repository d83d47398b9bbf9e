"""Each sound a little as somebody else says it: envelopes of a reference where it says the like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from speechlab import Samples

from .content import STEP
from .vocoder import FRAME, Numbers

EACH = round(STEP / FRAME)
"""Frames of the vocoder for one of the content."""
NEAREST = 4
"""Moments of the reference whose mean is taken."""
KIN, OWN_KIN = 0.03, 0.06
"""Shares of the moments whose mean tells how a speaker says a sound; of the very speech, twice as many, since a moment
and its neighbours are most like themselves."""
QUIET = 25
"""Percentile of the reference's loudness below which a moment tells nothing."""
SMOOTHED = 2.0
"""Frames over which the envelopes flow into each other."""


@dataclass(frozen=True)
class Repertoire:
    """The sounds of a reference."""

    content: Samples
    """What is said at each moment: (moments, numbers)."""
    shapes: Samples
    """The shape of the envelope there: (moments, 513)."""
    present: Numbers
    """How much of each frequency the reference has."""

    def given(self, envelope: Numbers, content: Samples, share: float) -> Numbers:
        """The envelope with so much of it as the reference would have it; each frame stays as loud as it is."""
        own = envelope - _level(envelope, self.present)
        return envelope + share * self.present * (self._flowing(content, NEAREST, len(envelope)) - own)

    def led(self, envelope: Numbers, content: Samples, share: float) -> Numbers:
        """The envelope, so much of the way from how its own speaker says each sound to how the reference does."""
        own = repertoire(envelope, content, self.present)
        there, here = (max(NEAREST, round(kin * len(one.content))) for kin, one in ((KIN, self), (OWN_KIN, own)))
        change = self._flowing(content, there, len(envelope)) - own._flowing(content, here, len(envelope))
        return envelope + share * self.present * change

    def _flowing(self, content: Samples, nearest: int, frames: int) -> Numbers:
        """The shape that each frame would have, as the mean of the nearest moments."""
        likeness = content @ self.content.T
        nearest = min(nearest, likeness.shape[1])
        best = np.argpartition(-likeness, nearest - 1, axis=1)[:, :nearest]
        shapes = np.stack([self.shapes[one].mean(0) for one in best])
        at = np.clip((np.arange(frames) - EACH / 2) / EACH, 0, len(shapes) - 1)
        low = at.astype(int)
        part = (at - low)[:, None]
        flowing: Numbers = shapes[low] * (1 - part) + shapes[np.minimum(low + 1, len(shapes) - 1)] * part
        return gaussian_filter1d(flowing, SMOOTHED, axis=0)


def repertoire(envelope: Numbers, content: Samples, present: Numbers) -> Repertoire:
    """What there is in some speech: where it is quiet, it tells nothing."""
    level = _level(envelope, present)
    at = np.minimum(np.arange(len(content)) * EACH + EACH // 2, len(level) - 1)
    loud = level[at, 0] >= np.percentile(level, QUIET)
    shapes = gaussian_filter1d(envelope - level, EACH / 4, axis=0)
    return Repertoire(content[loud], shapes[at[loud]].astype(np.float32), present)


def _level(envelope: Numbers, present: Numbers) -> Numbers:
    """How loud each frame is: (frames, 1)."""
    return (envelope @ present / present.sum())[:, None]
