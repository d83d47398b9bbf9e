"""What was said: words, segments, transcripts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from .scripts import joined
from .span import Span

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Span):
    """One word, with its time in seconds and, where the engine tells, its probability in [0, 1]."""

    text: str
    confidence: float | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Span):
    """A stretch of speech with its text: whisper's segment, WebVTT's cue.

    ``extra`` holds what an engine or a stage wants to tell beyond the fields (JSON values only), such as
    ``avg_logprob`` or the host's ``suspect``.
    """

    text: str
    id: str = ""
    language: str | None = None
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def suspect(self) -> str | None:
        """Why the guard thinks that nobody said this (``"no speech"``, ``"repetition"``), or None."""
        reason = self.extra.get("suspect")
        return str(reason) if reason else None

    def noting(self, **extra: Any) -> Segment:
        """The same segment with more in ``extra``."""
        return replace(self, extra={**self.extra, **extra})

    def moved(self, seconds: float) -> Segment:
        """The same segment, words and all, later by so many seconds."""
        words = tuple(replace(w, start=w.start + seconds, end=w.end + seconds) for w in self.words)
        return replace(self, start=self.start + seconds, end=self.end + seconds, words=words)


@dataclass(frozen=True, slots=True)
class Transcript:
    """Segments in the order of time. A translation is a transcript with the same segment ids."""

    segments: tuple[Segment, ...] = ()
    language: str | None = None

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)

    @property
    def spoken(self) -> Transcript:
        """Without the segments that the guard suspects to be made up; they stay in ``segments``."""
        return Transcript(tuple(s for s in self.segments if not s.suspect), self.language)

    @property
    def text(self) -> str:
        """What was said, as one text; suspected segments are left out."""
        return joined(segment.text for segment in self.spoken)

    def upsert(self, segment: Segment) -> Transcript:
        """Put ``segment`` where its id is, or at its place in time."""
        kept = [s for s in self.segments if s.id != segment.id]
        kept.insert(bisect_right(kept, in_time(segment), key=in_time), segment)
        return Transcript(tuple(kept), self.language or segment.language)


def in_time(segment: Segment) -> tuple[float, float, str]:
    """The order of segments in a transcript: by time, then by id, so that it never depends on arrival."""
    return segment.start, segment.end, segment.id
