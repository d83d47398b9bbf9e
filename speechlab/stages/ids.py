"""Names for segments: told from when they begin, so that a resumed run gives the same ones."""

from __future__ import annotations

from dataclasses import replace

from ..types import Segment


class Ids:
    """Gives each segment without an id one of its own within its piece: ``s00012340`` begins at 12.34 s."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, segment: Segment) -> Segment:
        """The segment with its id."""
        stem = segment.id or f"s{max(0, round(segment.start * 1000)):08d}"
        name, again = stem, 1
        while name in self._taken:
            again += 1
            name = f"{stem}-{again}"
        self._taken.add(name)
        return replace(segment, id=name)
