"""What is told of several pieces, channels or pipelines as one stream: nothing twice, and no name that another has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from ..types import AudioChunk, Event, SegmentUpdate, SynthesisChunk, TurnUpdate
from .staged import Events


class Told:
    """What was told of a piece, so that a second try tells nothing twice and leaves nothing behind."""

    def __init__(self) -> None:
        self._sounds: Counter[type[Event]] = Counter()
        self._updates: dict[tuple[str, str | None], SegmentUpdate] = {}

    def anew(self, events: Iterable[Event]) -> Events:
        """The events of a try: sound that was told before is passed over, a segment told only before is withdrawn."""
        before, self._updates = self._updates, {}
        sounds: Counter[type[Event]] = Counter()
        for event in events:
            if isinstance(event, SegmentUpdate):
                self._updates[event.segment.id, event.target] = event
            if isinstance(event, AudioChunk | SynthesisChunk):
                track = type(event)
                sounds[track] += 1
                if sounds[track] <= self._sounds[track]:
                    continue
                self._sounds[track] = sounds[track]
            yield event
        for name in before.keys() - self._updates.keys():
            gone = before[name].segment.noting(suspect="withdrawn, as a second try heard it otherwise")
            yield replace(before[name], segment=gone)


def as_speaker(event: Event, speaker: str, prefix: str) -> Event:
    """The event with what it tells spoken by ``speaker``, and named so that no other channel's has its name."""
    match own := apart(event, prefix):
        case SegmentUpdate(segment=segment):
            words = tuple(replace(word, speaker=speaker) for word in segment.words)
            return replace(own, segment=replace(segment, speaker=speaker, words=words))
        case TurnUpdate(turn=turn):
            return replace(own, turn=replace(turn, speaker=speaker))
        case _:
            return own


def apart(event: Event, prefix: str) -> Event:
    """The event, with what it tells of named so that nothing from elsewhere has its name."""
    match event:
        case SegmentUpdate(segment=segment) if prefix:
            return replace(event, segment=replace(segment, id=prefix + segment.id))
        case TurnUpdate(turn=turn) if prefix and turn.id:
            return replace(event, turn=replace(turn, id=prefix + turn.id))
        case SynthesisChunk(segment_id=name) if prefix and name:
            return replace(event, segment_id=prefix + name)
        case _:
            return event
