"""Lines: what is to be spoken, each with its sound, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

import numpy as np

from ..closing import closes
from ..types import Audio, Event, Segment, SynthesisChunk
from ..types.transcript import in_time


@dataclass(frozen=True, slots=True)
class Line:
    """A segment and its speech, as a synthesizer gave it."""

    segment: Segment
    audio: Audio
    voice: str = ""


def spoken(events: Iterable[Event], segments: Mapping[str, Segment]) -> Iterator[Line]:
    """The lines of segments that are spoken one after the other, each as soon as all of it is there."""
    with closes(events):
        chunks = (event for event in events if isinstance(event, SynthesisChunk) and event.audio.frames)
        for id, group in groupby(chunks, key=lambda chunk: chunk.segment_id):
            parts = list(group)
            yield Line(segments[id], Audio.join(part.audio for part in parts), parts[0].voice)


class Spool:
    """Speech that comes before it is known where it goes: it waits on the disk, so that memory stays flat."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._kept: dict[str, list[tuple[int, int, int]]] = {}
        """For each segment, where its pieces lie in the file, how many samples those have, and at which rate."""
        self._strays: dict[str, Segment] = {}
        """Stand for segments that nobody named."""

    def add(self, chunk: SynthesisChunk) -> None:
        """One piece more."""
        if not chunk.audio.frames:
            return
        id = chunk.segment_id
        if not id:
            id = f"stray {len(self._strays)}"
            self._strays[id] = Segment(chunk.audio.start, chunk.audio.end, text="", id=id)
        at = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(chunk.audio.mono).tobytes())
        self._kept.setdefault(id, []).append((at, chunk.audio.frames, chunk.audio.sample_rate))

    def lines(self, segments: Mapping[str, Segment]) -> Iterator[Line]:
        """All that was said of these segments, in the order of time."""
        there = [segment for id in self._kept if (segment := segments.get(id) or self._strays.get(id))]
        for segment in sorted(there, key=in_time):
            yield Line(segment, Audio.join(self._read(*place) for place in self._kept[segment.id]))

    def _read(self, at: int, frames: int, sample_rate: int) -> Audio:
        self._file.seek(at)
        return Audio(np.frombuffer(self._file.read(4 * frames), np.float32), sample_rate)
