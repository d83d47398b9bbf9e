"""Work on settled segments: one by one when live, all of a piece together in batch, so that engines get batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeGuard

from ..types import Event, Segment, SegmentUpdate
from .base import Making, Stage

Work = Callable[[list[Segment]], Iterable[Event]]


def on_settled(making: Making, work: Work, track: str | None = None) -> Stage:
    """A stage that hands settled segments of one track to ``work`` and passes every event on before."""
    return (one_by_one if making.live else together)(making, work, track)


def together(making: Making, work: Work, track: str | None) -> Stage:
    """All of them when the events are over."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        held: dict[str, Segment] = {}
        for event in events:
            yield event
            if _settles(event, track):
                held[event.segment.id] = event.segment
        if held:
            yield from work(list(held.values()))

    return stage


def one_by_one(making: Making, work: Work, track: str | None) -> Stage:
    """Each when its turn comes."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        slot = making.slot
        for event in events:
            yield event
            if _settles(event, track):
                slot.ask(partial(_listed, work, event.segment), final=True)
            for asked in slot.answers():
                yield from asked.result()
        for asked in slot.rest():
            yield from asked.result()

    return stage


def _listed(work: Work, segment: Segment) -> list[Event]:
    return list(work([segment]))


def _settles(event: Event, track: str | None) -> TypeGuard[SegmentUpdate]:
    return isinstance(event, SegmentUpdate) and event.final and event.target == track
