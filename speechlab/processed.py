"""The sound of a recording as stages leave it: where none of them prepares it otherwise, its shape stays exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby

import numpy as np

from .closing import closes
from .engines import Kind
from .media import Resampler
from .pipeline import Pipeline, Step
from .pool import Pool
from .runner import guarded, leased, sourced
from .source import Source
from .stages import Stage
from .trace import Trace
from .types import Audio, AudioChunk, Event


def processed(pipeline: Pipeline, source: Source, pool: Pool, trace: Trace) -> Iterator[Audio]:
    """The sound piece by piece, each as soon as it is ready; memory does not grow with its length.

    It comes with all its channels, at its own rate, exactly as long as it was: only the steps that prepare sound change
    that. Where they leave nothing of it, one piece comes that is empty.
    """
    trace.start()
    events: Iterable[Event] = sourced(source.events(source.sample_rate, "all"))
    try:
        with ExitStack() as leases:
            for prepares, steps in groupby(pipeline.steps, lambda step: step.spec.kind is Kind.PREPARE):
                stages = [(step, leased(leases, pool, step, pipeline, trace)) for step in steps]
                events = _through(events, stages, trace) if prepares else _Kept().through(events, stages, trace)
            nothing = True
            with closes(events):
                for event in events:
                    if isinstance(event, AudioChunk):
                        nothing = False
                        trace.audio_seconds = max(trace.audio_seconds, event.audio.end)
                        yield event.audio
            if nothing:
                yield Audio(np.zeros((source.channels, 0), np.float32), source.sample_rate, source.start)
    finally:
        trace.stop()


def _through(events: Iterable[Event], stages: Iterable[tuple[Step, Stage]], trace: Trace) -> Iterable[Event]:
    for step, stage in stages:
        events = guarded(step, stage, events, trace)
    return events


class _Kept:
    """Stages hear sound at the rates that they want; what comes out gets the rate and the length of what went in."""

    def __init__(self) -> None:
        self._resampler: Resampler | None = None
        self._came = self._given = 0
        """Samples of each channel that went in, and that came out."""
        self._last: Audio | None = None
        """The last that came out, or went in where nothing came out yet."""

    def through(self, events: Iterable[Event], stages: Iterable[tuple[Step, Stage]], trace: Trace) -> Iterator[Event]:
        with closes(stream := _through(self._counted(events), stages, trace)):
            for event in stream:
                if isinstance(event, AudioChunk):
                    assert self._resampler is not None
                    yield from self._fitted(self._resampler.feed(event.audio))
                else:
                    yield event
        if self._resampler is not None and self._last is not None:
            yield from self._fitted(self._resampler.flush())
            left = np.zeros((self._last.channels, self._came - self._given), np.float32)
            if left.size:
                yield AudioChunk(Audio(left, self._last.sample_rate, self._last.end))

    def _counted(self, events: Iterable[Event]) -> Iterator[Event]:
        with closes(events):
            for event in events:
                if isinstance(event, AudioChunk):
                    audio = event.audio
                    self._came += audio.frames
                    self._resampler = self._resampler or Resampler(audio.sample_rate)
                    self._last = self._last or Audio(audio.samples[:, :0], audio.sample_rate, audio.start)
                yield event

    def _fitted(self, parts: Iterable[Audio]) -> Iterator[Event]:
        for part in parts:
            self._last = Audio(part.samples[:, : self._came - self._given], part.sample_rate, part.start)
            self._given += self._last.frames
            yield AudioChunk(self._last)
