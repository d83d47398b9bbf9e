"""Voice conversion as a stage: the same words in another voice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..params import Params
from ..types import Audio, AudioChunk, Event, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import Ear
from .tape import Tape


class ConvertStage(Params):
    """The host's own options around every voice converter."""

    voice: str = ""
    """Voice to convert into: one of the library, by its name, or one of the engine's own."""
    consent: str = ""
    """On what ground this voice may be used, in words; empty for a voice of the library, which has its own."""


def make(making: Making) -> Stage:
    """A stage that converts stretches as long as the engine's window, as soon as each is there."""
    spec, voice = making.loaded.spec, making.lift.voice

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear = Tape(), Ear(spec.sample_rate)

        def converted(end: float) -> Iterator[Event]:
            with making.loaded.exclusive():
                parts = list(making.loaded.engine.convert(tape.take(end), voice, making.options))
            if parts:  # marked as one: of a mark in pieces of some milliseconds, nobody would find any
                yield SynthesisChunk(audio=making.marked(Audio.join(parts)), voice=voice)

        for event in events:
            yield event
            if isinstance(event, AudioChunk):
                for part in ear.feed(event.audio):
                    tape.append(part)
                while tape.end - tape.start > spec.window:
                    yield from converted(tape.start + spec.window)
        for part in ear.flush():
            tape.append(part)
        while tape:
            yield from converted(min(tape.end, tape.start + spec.window))

    return stage


LIFT = Lift(make, ConvertStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SYNTHESIS}))
