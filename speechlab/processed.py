"""The sound of a recording as stages leave it: all its channels, at its own rate, exactly as long as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from . import media
from .closing import closes
from .pipeline import Pipeline
from .pool import Pool
from .runner import compose
from .source import Source
from .trace import Trace
from .types import Audio, AudioChunk, Event


def processed(pipeline: Pipeline, source: Source, pool: Pool, trace: Trace) -> Iterator[Audio]:
    """The sound piece by piece, each as soon as it is ready; memory does not grow with its length.

    Stages hear it at the rates that they want; rounding between rates is made up for at the end.
    """
    length, rate = _Length(), source.sample_rate
    stream = compose(pipeline, length.of(source.events(rate, "all")), pool, trace=trace)
    last: Audio | None = None
    given = 0
    with closes(stream):
        sound = (event.audio for event in stream if isinstance(event, AudioChunk))
        for audio in media.resampled(sound, rate):
            last = Audio(audio.samples[:, : length.frames - given], rate, audio.start)
            given += last.frames
            yield last
    if given < length.frames or last is None:
        channels, at = (last.channels, last.end) if last else (source.channels, source.start)
        yield Audio(np.zeros((channels, length.frames - given), np.float32), rate, at)


class _Length:
    """How many samples of each channel went in so far."""

    def __init__(self) -> None:
        self.frames = 0

    def of(self, events: Iterable[Event]) -> Iterator[Event]:
        with closes(events):
            for event in events:
                if isinstance(event, AudioChunk):
                    self.frames += event.audio.frames
                yield event
