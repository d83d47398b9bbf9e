"""What a listener knows at the end: the fold of the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .diarization import Diarization, Turn
from .events import (
    AudioChunk,
    Event,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    SynthesisChunk,
    Tick,
    TurnUpdate,
)
from .span import Span, union
from .transcript import Segment, Transcript, in_time


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything known about one recording. Batch and live give the same, since both are folds of events.

    ``Recording.of(a + b)`` is ``Recording.of(b, onto=Recording.of(a))``.
    """

    transcript: Transcript = field(default_factory=Transcript)
    translations: Mapping[str, Transcript] = field(default_factory=lambda: MappingProxyType({}))
    diarization: Diarization = field(default_factory=Diarization)
    speech: tuple[Span, ...] = ()
    """Where somebody speaks; a span still open ends where it starts."""
    synthesis: tuple[SynthesisChunk, ...] = ()
    duration: float = 0.0
    """Seconds heard so far."""
    tentative: frozenset[str] = frozenset()
    """Ids of segments that may still change."""

    def apply(self, event: Event) -> Recording:
        """One event more."""
        return Recording.of([event], onto=self)

    @classmethod
    def of(cls, events: Iterable[Event], onto: Recording | None = None) -> Recording:
        """The fold of many events, in time proportional to their number."""
        fold = Fold(onto or cls())
        for event in events:
            fold.apply(event)
        return fold.recording()


class Fold:
    """A recording in the making: what a live page keeps, so that each event costs the same however long it runs."""

    def __init__(self, onto: Recording | None = None) -> None:
        start = onto or Recording()
        self._segments = {s.id: s for s in start.transcript}
        self._translations = {to: {s.id: s for s in track} for to, track in start.translations.items()}
        self._turns = {_key(turn): turn for turn in start.diarization}
        self._speech = list(start.speech)
        self._open = bool(self._speech) and not self._speech[-1]
        self._synthesis = list(start.synthesis)
        self._duration = start.duration
        self._tentative = set(start.tentative)

    def apply(self, event: Event) -> None:
        """One event more."""
        match event:
            case AudioChunk(audio):
                self._duration = max(self._duration, audio.end)
            case Tick(at):
                self._duration = max(self._duration, at)
            case SpeechStarted(at):
                self._speech.append(Span(at, at))
                self._open = True
            case SpeechEnded(at) if self._open:
                self._speech[-1] = Span(self._speech[-1].start, max(at, self._speech[-1].start))
                self._open = False
            case SegmentUpdate(segment=segment, final=final, target=None):
                self._segments[segment.id] = segment
                (self._tentative.discard if final else self._tentative.add)(segment.id)
            case SegmentUpdate(segment=segment, target=str(target)):
                self._translations.setdefault(target, {})[segment.id] = segment
            case TurnUpdate(turn=turn):
                self._turns[_key(turn)] = turn
            case SynthesisChunk():
                self._synthesis.append(event)
            case _:
                pass

    def recording(self) -> Recording:
        """What is known now."""
        return Recording(
            transcript=Transcript(_settled(self._segments), _spoken(self._segments.values())),
            translations={to: Transcript(_settled(track), to) for to, track in self._translations.items()},
            diarization=Diarization(_in_order(self._turns)),
            speech=tuple(self._speech) if self._open else tuple(union(self._speech)),
            synthesis=tuple(self._synthesis),
            duration=self._duration,
            tentative=frozenset(self._tentative),
        )


def _spoken(segments: Iterable[Segment]) -> str | None:
    """The language spoken longest; what the guard suspects does not count."""
    seconds: dict[str, float] = {}
    for segment in segments:
        if segment.language and not segment.suspect:
            seconds[segment.language] = seconds.get(segment.language, 0.0) + segment.duration
    return max(seconds, key=lambda language: (seconds[language], language)) if seconds else None


def _key(turn: Turn) -> str:
    return turn.id or f"{turn.start:.3f}/{turn.speaker}"


def _settled(segments: Mapping[str, Segment]) -> tuple[Segment, ...]:
    return tuple(sorted(segments.values(), key=in_time))


def _in_order(turns: Mapping[str, Turn]) -> tuple[Turn, ...]:
    some = (turn for turn in turns.values() if turn)  # an empty one was withdrawn
    return tuple(sorted(some, key=lambda turn: (turn.start, turn.end, turn.id, turn.speaker)))
