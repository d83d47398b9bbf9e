"""Diarization as a stage: speaker turns, and with them the speaker of each segment and word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..engines import Diarizer, StreamingDiarizer
from ..errors import ConfigError
from ..params import Params
from ..types import Audio, Event, Fold, Segment, SegmentUpdate, Span, Turn, TurnUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session
from .listening import RESTARTED, through_listener
from .whole import on_all_sound


def make(making: Making) -> Stage:
    """From the whole recording in batch; as it goes when live, or where the engine only streams."""
    engine, name = making.loaded.engine, making.loaded.spec.name
    if isinstance(engine, StreamingDiarizer) and (making.live or not isinstance(engine, Diarizer)):
        turns = through_listener(making, turned, settled) if making.live else through_session(making)
    elif making.live:
        raise ConfigError(
            f"{name} tells who speaks only from a whole recording",
            hint="choose a diarizer that streams, or leave it out",
        )
    else:
        turns = on_all_sound(making.loaded.spec.sample_rate, lambda audio, _: whole(making, audio))

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        yield from named(turns(events))

    return stage


def turned(answer: Any) -> Iterator[Event]:
    """An answer of a session as an event."""
    if answer is not RESTARTED:
        yield answer


def settled(update: TurnUpdate) -> float | None:
    """Until when an update settles who spoke."""
    return update.turn.end if update.final else None


def whole(making: Making, audio: Audio) -> Iterator[Event]:
    """The turns of all the sound, each with an id."""
    with making.loaded.exclusive():
        diarization = making.loaded.engine.diarize(audio, making.options)
    for number, turn in enumerate(diarization, 1):
        yield TurnUpdate(turn=turn if turn.id else replace(turn, id=f"t{number}"))


def named(events: Iterable[Event]) -> Iterator[Event]:
    """The same events; at the end, each segment again that the turns give a speaker."""
    fold = Fold()
    for event in events:
        yield event
        if isinstance(event, TurnUpdate | SegmentUpdate):
            fold.apply(event)
    recording = fold.recording()
    turns = Turns(recording.diarization.turns)
    for target, track in ((None, recording.transcript), *recording.translations.items()):
        for segment in track:
            if segment.speaker is None and (spoken := turns.speaking(segment)) != segment:
                yield SegmentUpdate(segment=spoken, target=target)


class Turns:
    """Turns that can be asked, quickly, who speaks when."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start)
        self._ends: list[float] = []
        """For each turn, the latest end of it and all before: so a search tells where to begin to look."""
        for turn in self._turns:
            self._ends.append(max(turn.end, self._ends[-1] if self._ends else turn.end))

    def speaking(self, segment: Segment) -> Segment:
        """The segment and its words with the speaker of the turn that they share most time with."""
        near = self._near(segment)
        words = tuple(replace(word, speaker=_speaker(word, near) or word.speaker) for word in segment.words)
        return replace(segment, speaker=_speaker(segment, near), words=words)

    def _near(self, span: Span) -> list[Turn]:
        found = []
        for turn in self._turns[bisect_left(self._ends, span.start) :]:
            if turn.start >= span.end:
                break
            found.append(turn)
        return found


def _speaker(span: Span, turns: Iterable[Turn]) -> str | None:
    shares: dict[str, float] = {}
    for turn in turns:
        if shared := turn.overlap(span):
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + shared
    return max(shares, key=lambda speaker: shares[speaker]) if shares else None


LIFT = Lift(make, Params, Scope.WHOLE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.TURNS}))
