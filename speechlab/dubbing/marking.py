"""The watermark of a track that comes in pieces: put into all that is heard, and without a seam between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from ..closing import closes
from ..types import Audio

SEAM = 0.1
"""Seconds over which the mark of one piece turns into that of the next."""


def marked(pieces: Iterable[Audio], mark: Callable[[Audio], Audio]) -> Iterator[Audio]:
    """Pieces that follow each other, each marked with the end of the one before; in all they are as long as they were.

    Speech alone is not what is marked: the original under it would drown the mark.
    """
    held: Audio | None = None
    ending = np.zeros((1, 0), np.float32)
    """What is held back, marked with what came before it."""
    with closes(pieces):
        for piece in pieces:
            whole = piece if held is None else Audio.join([held, piece])
            samples = mark(whole).samples.copy()
            if frames := ending.shape[1]:
                share = np.linspace(0.0, 1.0, frames, dtype=np.float32)
                samples[:, :frames] = ending * (1 - share) + samples[:, :frames] * share
            cut = max(0, samples.shape[1] - round(SEAM * whole.sample_rate))
            held = Audio(whole.samples[:, cut:], whole.sample_rate, whole.start + cut / whole.sample_rate)
            ending = samples[:, cut:]
            if cut:
                yield Audio(samples[:, :cut], whole.sample_rate, whole.start)
    if held is not None:
        yield Audio(ending, held.sample_rate, held.start)
