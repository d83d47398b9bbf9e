"""Cut a piece of a recording into clips that a recognizer hears at once: speech only, in silence where it can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..types import Audio, Span

FRAME = 0.02
"""Seconds over which loudness is measured when a cut must fall inside speech."""

BREATH = 1.0
"""Seconds of silence over which a speaker goes on with the same sentence."""


def clips(audio: Audio, speech: Iterable[Span], window: float, gap: float = BREATH) -> Iterator[Audio]:
    """Stretches of at most ``window`` seconds that together hold all the speech, in order.

    Neighbouring stretches of speech share a clip where they fit and no more than ``gap`` seconds of silence lie between
    them. Longer speech is cut where it is quietest.
    """
    for span in packed(list(speech), window, gap):
        while span.duration > window:
            cut = quietest(audio, span.start + window / 2, span.start + window)
            yield audio.crop(span.start, cut)
            span = Span(cut, span.end)
        clip = audio.crop(span.start, span.end)
        if clip.frames:
            yield clip


def packed(speech: Iterable[Span], window: float, gap: float) -> Iterator[Span]:
    """Spans in order, each joined with its followers while the whole fits ``window`` and no silence exceeds ``gap``."""
    held: Span | None = None
    for span in speech:
        if held is not None and span.start - held.end <= gap and (held | span).duration <= window:
            held = held | span
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def quietest(audio: Audio, start: float, end: float) -> float:
    """The time between ``start`` and ``end`` at which the sound is least loud; ``end`` where all is equal."""
    part = audio.crop(start, end)
    step = max(1, round(FRAME * part.sample_rate))
    frames = part.frames // step
    if frames < 1:
        return end
    loudness = np.square(part.mono[: frames * step]).reshape(frames, step).mean(axis=1)
    if loudness.min() == loudness.max():
        return end
    return part.start + (int(loudness.argmin()) + 0.5) * step / part.sample_rate
