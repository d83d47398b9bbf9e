"""Forced alignment as a stage: each settled segment again, with times for its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from ..params import Params
from ..types import Audio, AudioChunk, Event, Recording, Segment, SegmentUpdate, Transcript
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import Ear
from .tape import Tape
from .whole import on_all_sound

KEPT = 60.0
"""Seconds of a live stream that are kept: a segment is settled soon after it was said."""


def make(making: Making) -> Stage:
    """The transcript of a piece when the piece is over; segment by segment when live."""
    return by_segment(making) if making.live else by_piece(making)


def by_piece(making: Making) -> Stage:
    """All segments of a piece with all its sound."""

    def work(audio: Audio, others: list[Event]) -> Iterator[Event]:
        if transcript := Recording.of(others).transcript:
            yield from aligned(making, audio, transcript)

    return on_all_sound(making.loaded.spec.sample_rate, work)


def by_segment(making: Making) -> Stage:
    """Each segment as it is settled, with the sound that it was heard in."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear, slot = Tape(), Ear(making.loaded.spec.sample_rate), making.slot
        for event in events:
            yield event
            for asked in slot.answers():
                yield from asked.result()
            match event:
                case AudioChunk(audio):
                    for part in ear.feed(audio):
                        tape.append(part)
                    tape.forget(tape.end - KEPT)
                case SegmentUpdate(segment=Segment() as segment, final=True, target=None):
                    sound = tape.cut(segment.start, segment.end)
                    if sound.frames:
                        transcript = Transcript((segment,), segment.language)
                        slot.ask(partial(_listed, making, sound, transcript), final=True)
                case _:
                    pass
        for asked in slot.rest():
            yield from asked.result()

    return stage


def aligned(making: Making, audio: Audio, transcript: Transcript) -> Iterator[Event]:
    """The segments again, their words with times."""
    with making.loaded.exclusive():
        timed = making.loaded.engine.align(audio, transcript, making.options)
    for segment in timed:
        yield SegmentUpdate(segment=segment)


def _listed(making: Making, audio: Audio, transcript: Transcript) -> list[Event]:
    return list(aligned(making, audio, transcript))


LIFT = Lift(make, Params, Scope.PIECE, needs=frozenset({Flow.AUDIO, Flow.SEGMENTS}), gives=frozenset({Flow.SEGMENTS}))
