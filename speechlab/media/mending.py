"""Samples as everybody expects them: finite, and within full scale."""

from __future__ import annotations

import numpy as np

from ..types import Samples


def mended(samples: Samples) -> Samples:
    """Finite samples in [-1, 1]: a float file may hold anything, and lossy codecs overshoot. What is no number, or
    infinite, becomes 0, and what is beyond full scale is cut off. The same object where there is nothing to mend."""
    if not samples.size or (samples.min() >= -1.0 and samples.max() <= 1.0):  # so written, it finds NaN too
        return samples
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(finite, -1.0, 1.0, out=finite)
