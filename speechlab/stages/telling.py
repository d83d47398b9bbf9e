"""Recognised segments as events: named by the host, and looked at by the guard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..types import Segment, SegmentUpdate, Span
from .guard import Guard
from .ids import Ids

WITHDRAWN = "withdrawn, as it was heard otherwise in the end"


class Telling:
    """What one stage tells of one stretch of the timeline."""

    def __init__(self, *, guard: bool, target: str | None = None) -> None:
        self._ids, self._target = Ids(), target
        self._guard = Guard() if guard else None
        self._open: dict[str, Segment] = {}
        """Segments that were told of and are not settled, by their name."""

    def final(self, segment: Segment, speech: list[Span] | None, name: str | None = None) -> SegmentUpdate:
        """A recognised segment as its final event, under a new name or the one that it was told of by."""
        named = replace(segment, id=name) if name else self._ids.new(segment)
        self._open.pop(named.id, None)
        return SegmentUpdate(segment=self._looked(named, speech), target=self._target)

    def tentative(self, segment: Segment, committed: int, name: str | None = None) -> SegmentUpdate:
        """What a segment seems to be so far; what may still change is not judged yet."""
        named = replace(segment, id=name) if name else self._ids.new(segment)
        self._open[named.id] = named
        return SegmentUpdate(segment=named, final=False, target=self._target, committed=committed)

    def same(self, update: SegmentUpdate, speech: list[Span] | None) -> SegmentUpdate:
        """A session's own update; it names its segments, and the host has a name for each."""
        name = self._ids.same(update.segment).id
        if update.final:
            return self.final(update.segment, speech, name)
        return self.tentative(update.segment, update.committed, name)

    def withdrawn(self, *names: str) -> Iterator[SegmentUpdate]:
        """Take back what was told of and will not be settled."""
        for name in names:
            if segment := self._open.pop(name, None):
                yield SegmentUpdate(segment=segment.noting(suspect=WITHDRAWN), target=self._target)

    def anew(self) -> Iterator[SegmentUpdate]:
        """The session that named its segments is gone: take back what it left open; the next one's names are others."""
        yield from self.withdrawn(*list(self._open))
        self._ids.forget()

    def _looked(self, segment: Segment, speech: list[Span] | None) -> Segment:
        return segment if self._guard is None else self._guard.look(segment, speech)
