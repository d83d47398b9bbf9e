"""Voice conversion as a stage: the same words in another voice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..params import Params
from ..types import AudioChunk, Event, Span, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .clips import quietest
from .hearing import Ear
from .seams import LAP, Seams
from .tape import Tape

PAUSE = 0.2
"""Seconds that are as quiet as any where a recording is cut: so long, no sound within a word is."""


class ConvertStage(Params):
    """The host's own options around every voice converter."""

    voice: str = ""
    """Voice to convert into: one of the library, by its name, or one of the engine's own."""
    consent: str = ""
    """On what ground this voice may be used, in words; empty for a voice of the library, which has its own."""


def make(making: Making) -> Stage:
    """A stage that converts stretches of half the engine's window to the whole, cut in pauses where there are any."""
    spec, voice = making.loaded.spec, making.lift.voice
    longest = max(spec.window - LAP, 2 * LAP)

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear, seams = Tape(), Ear(spec.sample_rate), Seams()

        def converted(cut: float | None = None) -> Iterator[Event]:
            """The sound up to a time, or all there is; a little behind the cut is heard by both sides of it."""
            sound = tape.take(tape.end) if cut is None else tape.cut(tape.start, cut + LAP)
            if cut is not None:
                tape.take(cut)
            with making.loaded.exclusive():
                parts = list(making.loaded.engine.convert(sound, voice, making.options))
            joined = seams.join(parts, Span(sound.start, sound.end), last=cut is None)
            if joined is not None:  # marked as one: of a mark in pieces of some milliseconds, nobody would find any
                yield SynthesisChunk(audio=making.marked(joined), voice=voice)

        def best(last: float) -> float:
            first = tape.start + longest / 2
            return quietest(tape.cut(first, last), first, last, PAUSE)

        for event in events:
            yield event
            if isinstance(event, AudioChunk):
                for part in ear.feed(event.audio):
                    tape.append(part)
                while tape.end - tape.start > 1.5 * longest:
                    yield from converted(best(tape.start + longest))
        for part in ear.flush():
            tape.append(part)
        if tape and tape.end - tape.start > spec.window:  # what is left behind the cut is no mere scrap
            yield from converted(best(tape.end - longest / 2))
        if tape:
            yield from converted()

    return stage


LIFT = Lift(make, ConvertStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SYNTHESIS}))
