"""Forced alignment as a stage: each settled segment again, with times for its words."""

from __future__ import annotations

from collections.abc import Iterator

from ..params import Params
from ..types import Audio, Event, Recording, SegmentUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .whole import on_all_sound


def make(making: Making) -> Stage:
    """A stage that aligns the transcript of a piece when the piece is over."""
    loaded = making.loaded

    def work(audio: Audio, others: list[Event]) -> Iterator[Event]:
        if not (transcript := Recording.of(others).transcript):
            return
        with loaded.exclusive():
            aligned = loaded.engine.align(audio, transcript, making.options)
        for segment in aligned:
            yield SegmentUpdate(segment=segment)

    return on_all_sound(loaded.spec.sample_rate, work)


LIFT = Lift(make, Params, Scope.PIECE, needs=frozenset({Flow.AUDIO, Flow.SEGMENTS}), gives=frozenset({Flow.SEGMENTS}))
