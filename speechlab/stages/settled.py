"""Work on settled segments: one by one when live, all of a piece together in batch, so that engines get batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..types import Event, Segment, SegmentUpdate
from .base import Stage

Work = Callable[[list[Segment]], Iterable[Event]]


def on_settled(work: Work, *, live: bool, track: str | None = None) -> Stage:
    """A stage that hands settled segments of one track to ``work`` and passes every event on before."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        held: list[Segment] = []
        for event in events:
            yield event
            if isinstance(event, SegmentUpdate) and event.final and event.target == track:
                if live:
                    yield from work([event.segment])
                else:
                    held.append(event.segment)
        if held:
            yield from work(list({segment.id: segment for segment in held}.values()))

    return stage
