"""Where sound lies between the silence before and after it, so that it begins when it is played."""

from __future__ import annotations

import numpy as np

from speechlab import Samples

FRAME = 240
"""Samples: 10 ms at 24 kHz."""
QUIET = 0.01
"""Of the loudest frame: what is quieter is silence (-40 dB)."""
BEFORE, AFTER = 3, 10
"""Frames of it that stay, so that nothing that begins or ends softly is cut off."""


def heard(samples: Samples) -> slice:
    """Where the sound lies, from shortly before somebody speaks to shortly after."""
    frames = len(samples) // FRAME
    if not frames:
        return slice(0, len(samples))
    loudness = np.sqrt(np.square(samples[: frames * FRAME].reshape(frames, FRAME)).mean(1))
    loud = np.flatnonzero(loudness > QUIET * loudness.max())
    if not loud.size:
        return slice(0, 0)
    return slice(max(0, int(loud[0]) - BEFORE) * FRAME, min(len(samples), (int(loud[-1]) + 1 + AFTER) * FRAME))
