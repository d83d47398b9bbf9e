"""Chunks of live sound on one timeline: none before the last has ended, and no hole between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..closing import closes
from ..media import mended
from ..types import Audio, AudioChunk, Event

HOLE = 0.02
"""Seconds between two chunks of a stream from which on something is missing between them."""


def placed(chunks: Iterable[Audio]) -> Iterator[Event]:
    """The chunks, each where it belongs, and silence where something is missing."""
    end: float | None = None
    with closes(chunks):
        for audio in chunks:
            if not audio.frames:
                continue
            while end is not None and audio.start - end > HOLE:
                hush = min(audio.start - end, 1.0)
                silence = np.zeros((audio.channels, round(hush * audio.sample_rate)), np.float32)
                yield AudioChunk(Audio(silence, audio.sample_rate, end))
                end += hush
            audio = Audio(mended(audio.samples), audio.sample_rate, audio.start if end is None else end)
            yield AudioChunk(audio)
            end = audio.end
