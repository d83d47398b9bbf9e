"""Text processing as a stage: each settled segment again, with its text improved, under the same id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..params import Params
from ..types import Event, Segment, SegmentUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .settled import on_settled


def make(making: Making) -> Stage:
    """A stage that replaces what is settled by what the processor makes of it."""
    loaded = making.loaded

    def work(segments: list[Segment]) -> Iterator[Event]:
        with loaded.exclusive():
            texts = loaded.engine.process([segment.text for segment in segments], making.options)
        for segment, text in zip(segments, texts, strict=True):
            if text != segment.text:
                yield SegmentUpdate(segment=reworded(segment, text))

    return on_settled(making, work)


def reworded(segment: Segment, text: str) -> Segment:
    """The segment with another text; its word times are kept where there are as many words as before."""
    parts = text.split()
    words = segment.words
    if len(parts) != len(words):
        return replace(segment, text=text, words=())
    return replace(segment, text=text, words=tuple(replace(w, text=p) for w, p in zip(words, parts, strict=True)))


LIFT = Lift(make, Params, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.SEGMENTS}))
