"""Hear everything to the end, then work on all the sound at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..types import Audio, AudioChunk, Event, HeardChunk
from .base import Stage
from .hearing import Ear
from .tape import Tape


def on_all_sound(sample_rate: int, work: Callable[[Audio, list[Event]], Iterable[Event]]) -> Stage:
    """A stage that passes every event on, then hands the sound and the other events to ``work``."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear = Tape(), Ear(sample_rate)
        others: list[Event] = []
        for event in events:
            yield event
            if isinstance(event, AudioChunk):
                for part in ear.feed(event.audio):
                    tape.append(part)
            elif not isinstance(event, HeardChunk):
                others.append(event)
        for part in ear.flush():
            tape.append(part)
        if tape:
            yield from work(tape.take(tape.end), others)

    return stage
