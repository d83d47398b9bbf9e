"""When nobody speaks; and who can tell, where there is no detector but the ear for loudness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Span, union
from .noise import FRAME, NOTHING, RATE, Powers
from .result import Silence

DYNAMIC = 10.0
"""Decibels between loud and quiet frames, below which nothing stands out."""
UP = 0.4
"""How far up from the quiet to the loud frames, in decibels, the line lies above which somebody speaks."""
PAUSE = 0.5
"""Seconds: shorter pauses belong to the speech."""
BURST = 0.1
"""Seconds: shorter sounds are no speech."""


def spoken(powers: Powers) -> list[Span]:
    """Where somebody probably speaks, by the power of the frames alone: what stands out from the quiet ones."""
    heard = powers[powers > NOTHING]
    if not len(heard):
        return []
    levels = 10 * np.log10(np.maximum(powers, NOTHING))
    quiet, loud = np.percentile(levels, [10, 95])
    if loud - quiet < DYNAMIC:
        return []
    line = quiet + UP * (loud - quiet)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], levels > line, [False]])))
    spans = [Span(start * FRAME / RATE, end * FRAME / RATE) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [span for span in union(spans, PAUSE) if span.duration >= BURST]


def silence_of(speech: Sequence[Span], duration: float, start: float, detector: str) -> Silence:
    """The pauses around speech that counts from the beginning of a sound, which itself begins at ``start``."""
    said = union((span & Span(0.0, duration) for span in speech), PAUSE)
    if not said:
        return Silence(1.0, duration, start, duration, 0.0, detector)
    edges = [0.0, *(edge for span in said for edge in (span.start, span.end)), duration]
    pauses = [Span(begin, max(begin, end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    longest = max(pauses, key=lambda pause: pause.duration)
    return Silence(
        share=round(sum(pause.duration for pause in pauses) / duration, 4),
        longest=round(longest.duration, 3),
        at=round(start + longest.start, 3),
        leading=round(pauses[0].duration, 3),
        trailing=round(pauses[-1].duration, 3),
        detector=detector,
    )
