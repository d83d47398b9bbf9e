"""Each sound a little as somebody else says it: envelopes of a reference where it says the like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from speechlab import Samples

from .content import STEP
from .vocoder import FRAME, Numbers, Sound

EACH = round(STEP / FRAME)
"""Frames of the vocoder for one of the content."""
NEAREST = 4
"""Moments of the reference whose mean is taken."""
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
        likeness = content @ self.content.T
        nearest = np.argpartition(-likeness, min(NEAREST, likeness.shape[1] - 1), axis=1)[:, :NEAREST]
        shapes = self.shapes[nearest].mean(1)
        at = np.clip((np.arange(len(envelope)) - EACH / 2) / EACH, 0, len(shapes) - 1)
        low = at.astype(int)
        part = (at - low)[:, None]
        flowing = shapes[low] * (1 - part) + shapes[np.minimum(low + 1, len(shapes) - 1)] * part
        flowing = gaussian_filter1d(flowing, SMOOTHED, axis=0)
        own = envelope - _level(envelope, self.present)
        return envelope + share * self.present * (flowing - own)


def repertoire(sound: Sound, content: Samples, present: Numbers) -> Repertoire:
    """What a reference has: where it is quiet, it tells nothing."""
    level = _level(sound.envelope, present)
    at = np.minimum(np.arange(len(content)) * EACH + EACH // 2, len(level) - 1)
    loud = level[at, 0] >= np.percentile(level, QUIET)
    shapes = gaussian_filter1d(sound.envelope - level, EACH / 4, axis=0)
    return Repertoire(content[loud], shapes[at[loud]].astype(np.float32), present)


def _level(envelope: Numbers, present: Numbers) -> Numbers:
    """How loud each frame is: (frames, 1)."""
    return (envelope @ present / present.sum())[:, None]
