"""Diarization as a stage: speaker turns, and with them the speaker of each segment and word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field

from ..engines import Diarizer, StreamingDiarizer
from ..errors import ConfigError
from ..params import Params
from ..types import Audio, Event, Segment, SegmentUpdate, Span, Turn, TurnUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session
from .listening import KEPT, RESTARTED, through_listener
from .naming import opened_with_names, recognised
from .speaking import NEAR, Turns, parted, spoken
from .whole import on_all_sound

GONE = "withdrawn, as its words belong to another segment"
"""What is noted of a part of a segment that is no part of its own any more."""


class DiarizeStage(Params):
    """The host's own options around every diarizer."""

    backchannel: Annotated[float, Field(ge=0, le=10)] = 0.5
    """Words of somebody else that take at most so many seconds, while one person goes on speaking, do not part that
    person's segment; 0 parts it at every change of speaker."""
    known_voices: bool = True
    """Name speakers whose voices were enrolled; see `speechlab voices`."""
    voice_threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How alike a voice and an enrolled one must be for its name, as a cosine; higher leaves more speakers unnamed."""


def make(making: Making) -> Stage:
    """From the whole recording in batch; as it goes when live, or where the engine only streams."""
    engine, name = making.loaded.engine, making.loaded.spec.name
    if isinstance(engine, StreamingDiarizer) and (making.live or not isinstance(engine, Diarizer)):
        turns = (
            through_listener(making, turned(), settled, opened_with_names)
            if making.live
            else through_session(making, open_session=opened_with_names)
        )
    elif making.live:
        raise ConfigError(
            f"{name} tells who speaks only from a whole recording",
            hint="choose a diarizer that streams, or leave it out",
        )
    else:
        turns = on_all_sound(making.loaded.spec.sample_rate, lambda audio, _: whole(making, audio))

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        yield from named(turns(events), making.lift.backchannel)

    return stage


def turned() -> Callable[[Any], Iterator[Event]]:
    """Tells the answers of a session as events. Where the engine was started again, the turns that the new session will
    tell anew are withdrawn."""
    open_turns: dict[str, Turn] = {}

    def tell(answer: Any) -> Iterator[Event]:
        if answer is RESTARTED:
            end = max((turn.end for turn in open_turns.values()), default=0.0)
            for turn in list(open_turns.values()):
                if turn.end > end - KEPT:
                    yield TurnUpdate(turn=replace(turn, end=turn.start))
            open_turns.clear()
            return
        if answer.final:
            open_turns.pop(answer.turn.id, None)
        else:
            open_turns[answer.turn.id] = answer.turn
        yield answer

    return tell


def settled(update: TurnUpdate) -> float | None:
    """Until when an update settles who spoke."""
    return update.turn.end if update.final else None


def whole(making: Making, audio: Audio) -> Iterator[Event]:
    """The turns of all the sound, each with an id."""
    with making.loaded.exclusive():
        diarization = recognised(making, audio, making.loaded.engine.diarize(audio, making.options))
    for number, turn in enumerate(diarization, 1):
        yield TurnUpdate(turn=turn if turn.id else replace(turn, id=f"t{number}"))


def named(events: Iterable[Event], backchannel: float = 0.0) -> Iterator[Event]:
    """The same events, segments with the speakers of the turns known by then; what later turns tell of them follows."""
    talk = Talk(backchannel)
    for event in events:
        if not isinstance(event, TurnUpdate):
            yield from talk.told_anew()
        match event:
            case TurnUpdate(turn=turn):
                talk.hear(turn)
                yield event
            case SegmentUpdate():
                yield from talk.take(event)
            case _:
                yield event
    yield from talk.told_anew()


class Talk:
    """The segments and turns of a recording so far, and what was told of the segments."""

    def __init__(self, backchannel: float) -> None:
        self._backchannel = backchannel
        self._turns: dict[str, Turn] = {}
        self._asked = Turns(())
        self._changed: Span | None = None
        """The time in which turns have changed since segments were last looked at."""
        self._segments: dict[tuple[str, str | None], SegmentUpdate] = {}
        """As they came, by id and target."""
        self._told: dict[tuple[str, str | None], list[SegmentUpdate]] = {}
        """The parts that each was told in."""
        self._translated: set[str] = set()

    def hear(self, turn: Turn) -> None:
        """A turn, or what is newly known of one."""
        name = turn.id or f"{turn.start:.3f}/{turn.speaker}"
        times = [Span(one.start, one.end) for one in (self._turns.get(name), turn, self._changed) if one is not None]
        self._changed = reduce(or_, times)
        self._turns[name] = turn

    def take(self, update: SegmentUpdate) -> Iterator[Event]:
        """A segment, told at once with what is known of its speakers."""
        name = update.segment.id, update.target
        self._segments[name] = update
        if update.target is not None:
            self._translated.add(update.segment.id)
        if update.segment.speaker is not None:
            yield update  # somebody who knows better has said who speaks
        else:
            yield from self._tell(name)

    def told_anew(self) -> Iterator[Event]:
        """The segments of which the last turns tell something new."""
        if self._changed is None:
            return
        near = Span(self._changed.start - NEAR, self._changed.end + NEAR)
        self._asked, self._changed = Turns(self._turns.values()), None
        for name, update in self._segments.items():
            if update.segment.speaker is None and update.segment.start <= near.end and update.segment.end >= near.start:
                yield from self._tell(name, again=True)

    def _tell(self, name: tuple[str, str | None], *, again: bool = False) -> Iterator[Event]:
        update = self._segments[name]
        before = {part.segment.id: part for part in self._told.get(name, ())}
        parts = [replace(update, segment=part) for part in self._parts(update)]
        self._told[name] = parts
        for part in parts:
            if not again or before.get(part.segment.id) != part:
                yield part
        kept = {part.segment.id for part in parts}
        for id, part in before.items():
            if id not in kept:
                yield replace(part, segment=part.segment.noting(suspect=GONE))

    def _parts(self, update: SegmentUpdate) -> list[Segment]:
        """A segment is parted once it is settled, unless it was translated: a translation cannot be parted like it."""
        segment = spoken(update.segment, self._asked)
        if not update.final or update.target is not None or segment.id in self._translated:
            return [segment]
        return parted(segment, self._backchannel)


LIFT = Lift(make, DiarizeStage, Scope.WHOLE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.TURNS}))
