"""A recording in another voice: the same words, at the same times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..closing import closes
from ..engines import Kind
from ..lab import Lab, told
from ..runner import Run
from ..source import Sound
from ..types import Audio, Consent, SynthesisChunk

HOLE = 0.02
"""Seconds between two pieces from which on silence is put there, so that words stay at their times."""


def converted(
    lab: Lab,
    sound: Sound,
    voice: str,
    engine: str | None = None,
    *,
    consent: str | Consent | None = None,
    **knobs: Any,
) -> Iterator[Audio]:
    """The sound, as :meth:`speechlab.Lab.convert` tells."""
    spec = lab.engine(Kind.CONVERT, engine.removeprefix(f"{Kind.CONVERT}/") if engine else None)
    ground = consent.ground if isinstance(consent, Consent) else consent
    stage = {"use": spec.name, "voice": voice, **told({"consent": ground, **knobs})}
    return _placed(lab.open({"title": "Convert", "stage": [stage]}, sound))


def _placed(run: Run) -> Iterator[Audio]:
    """The converted sound alone, one piece after the other, each not before its time."""
    end: float | None = None
    with closes(events := iter(run)):
        for event in events:
            if not isinstance(event, SynthesisChunk):
                continue
            audio = event.audio
            end = run.source.start if end is None else end
            if audio.start - end > HOLE:
                frames = round((audio.start - end) * audio.sample_rate)
                yield Audio(np.zeros((audio.channels, frames), np.float32), audio.sample_rate, end)
                end += frames / audio.sample_rate
            placed = Audio(audio.samples, audio.sample_rate, end)
            end = placed.end
            yield placed
