"""Which of the voices that are here, blended, sound most like somebody."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from speechlab import Samples

from . import VOICES

MOST = 6
"""Voices in a blend."""
LEAST = 0.02
"""Share below which a voice is left out."""


class Bank:
    """How each of Kokoro's voices sounds to the speaker encoder, for those that are here."""

    def __init__(self, folder: Path, here: Collection[str]) -> None:
        with np.load(folder / VOICES, allow_pickle=False) as told:
            known = dict(zip(told["names"].tolist(), told["voices"], strict=True))
        self.names = [name for name in known if name in here]
        """Of the voices that are here."""
        self._voices = np.stack([known[name] for name in self.names])

    def blend(self, voice: Samples) -> str:
        """The recipe of the blend that is nearest to a voice, such as ``am_liam:0.600+bm_lewis:0.400``."""
        weights, _ = nnls(self._voices.T.astype(np.float64), voice.astype(np.float64))
        weights /= max(weights.sum(), 1e-9)
        best = [at for at in np.argsort(-weights)[:MOST] if weights[at] > LEAST]
        if not best:  # unlike any blend
            best = [int(np.argmax(self._voices @ voice))]
            weights[best] = 1.0
        total = weights[best].sum()
        return "+".join(f"{self.names[at]}:{weights[at] / total:.3f}" for at in best)
