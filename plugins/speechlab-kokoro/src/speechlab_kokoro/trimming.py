"""Sound without the silence before and after it, so that it begins when it is played."""

from __future__ import annotations

import numpy as np

from speechlab import Samples

FRAME = 240
"""Samples: 10 ms at 24 kHz."""
QUIET = 0.01
"""Of the loudest frame: what is quieter is silence (-40 dB)."""
BEFORE, AFTER = 3, 10
"""Frames of it that stay, so that nothing that begins or ends softly is cut off."""


def trimmed(samples: Samples) -> Samples:
    """The sound from shortly before somebody speaks to shortly after."""
    frames = len(samples) // FRAME
    if not frames:
        return samples
    loudness = np.sqrt(np.square(samples[: frames * FRAME].reshape(frames, FRAME)).mean(1))
    heard = np.flatnonzero(loudness > QUIET * loudness.max())
    if not heard.size:
        return samples[:0]
    return samples[max(0, heard[0] - BEFORE) * FRAME : (heard[-1] + 1 + AFTER) * FRAME]
