"""Names for segments, given by the host: told from when they begin, so that a resumed run gives the same ones."""

from __future__ import annotations

from dataclasses import replace

from ..types import Segment


class Ids:
    """Names the segments of one stretch of the timeline: ``s00012340`` begins at 12.34 s.

    What an engine calls them matters only while one of its sessions is open, and is never taken over: the next session
    may well begin at 1 again.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._known: dict[str, str] = {}

    def new(self, segment: Segment) -> Segment:
        """The segment under a name of its own."""
        stem = f"s{max(0, round(segment.start * 1000)):08d}"
        name, again = stem, 1
        while name in self._taken:
            again += 1
            name = f"{stem}-{again}"
        self._taken.add(name)
        return replace(segment, id=name)

    def same(self, segment: Segment) -> Segment:
        """The segment under the name that it had when its session first told of it."""
        if segment.id not in self._known:
            self._known[segment.id] = self.new(segment).id
        return replace(segment, id=self._known[segment.id])

    def forget(self) -> None:
        """The session is over; the next one's names mean other segments."""
        self._known.clear()
