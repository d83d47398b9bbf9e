"""Diarization as a stage: speaker turns, and with them the speaker of each segment and word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..engines import Diarizer, StreamingDiarizer
from ..params import Params
from ..types import Audio, Event, Fold, Segment, SegmentUpdate, Span, Turn, TurnUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session
from .whole import on_all_sound


def make(making: Making) -> Stage:
    """From the whole recording in batch; as it goes when live, or where the engine only streams."""
    engine = making.loaded.engine
    if isinstance(engine, StreamingDiarizer) and (making.live or not isinstance(engine, Diarizer)):
        turns = through_session(making.loaded, lambda: engine.open(making.options), lambda update: update)
    else:
        turns = on_all_sound(making.loaded.spec.sample_rate, lambda audio, _: whole(making, audio))

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        yield from named(turns(events))

    return stage


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
    turns = recording.diarization.turns
    for target, track in ((None, recording.transcript), *recording.translations.items()):
        for segment in track:
            if segment.speaker is None and (spoken := spoken_by(segment, turns)) != segment:
                yield SegmentUpdate(segment=spoken, target=target)


def spoken_by(segment: Segment, turns: Iterable[Turn]) -> Segment:
    """The segment and its words with the speaker of the turn that they share most time with."""
    near = [turn for turn in turns if turn.overlap(segment) > 0]
    words = tuple(replace(word, speaker=_speaker(word, near) or word.speaker) for word in segment.words)
    return replace(segment, speaker=_speaker(segment, near), words=words)


def _speaker(span: Span, turns: Iterable[Turn]) -> str | None:
    shares: dict[str, float] = {}
    for turn in turns:
        if shared := turn.overlap(span):
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + shared
    return max(shares, key=lambda speaker: shares[speaker]) if shares else None


LIFT = Lift(make, Params, Scope.WHOLE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.TURNS}))
