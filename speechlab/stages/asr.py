"""Speech recognition as a stage: clip by clip in batch; as a stream, or utterance by utterance, when live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from ..engines import BatchRecognizer, Recognizer, StreamingRecognizer
from ..params import Params
from ..types import (
    Audio,
    AudioChunk,
    Event,
    Progress,
    Segment,
    SegmentUpdate,
    Span,
    SpeechEnded,
    SpeechStarted,
)
from .base import Flow, Lift, Making, Scope, Stage
from .clips import clips
from .guard import Guard
from .hearing import Ear, through_session
from .ids import Ids
from .tape import Tape

Hear = Callable[[list[Audio]], Iterator[tuple[Audio, list[Segment]]]]
"""Gives each stretch with its segments, in order, each as soon as it is known."""

PREROLL = 2.0
"""Seconds of sound kept while nobody speaks: a detector tells of a start only after hearing past it."""


class AsrStage(Params):
    """The host's own options around every recognizer."""

    guard: bool = True
    """Flag text that nobody seems to have said: on silence, or in a repetition loop."""


def make(making: Making) -> Stage:
    """The stage for this mode; a recognizer that only streams streams in batch too."""
    engine = making.loaded.engine
    if isinstance(engine, StreamingRecognizer) and (making.live or not isinstance(engine, Recognizer)):
        return streaming(making)
    return (by_utterance if making.live else by_piece)(making, partial(recognised, making))


def by_piece(making: Making, hear: Hear, target: str | None = None) -> Stage:
    """Hear one piece to its end, then recognise its speech clip by clip. Without speech times, all of it."""
    spec = making.loaded.spec

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear, speech = Tape(), Ear(spec.sample_rate), Speech()
        for event in events:
            yield event
            speech.hear(event)
            if isinstance(event, AudioChunk):
                for part in ear.feed(event.audio):
                    tape.append(part)
        for part in ear.flush():
            tape.append(part)
        if not tape:
            return
        audio = tape.cut(tape.start, tape.end)
        spans = speech.until(audio.end) if making.detected else None
        stretches = list(clips(audio, spans if spans is not None else [Span(audio.start, audio.end)], spec.window))
        ids, guard = Ids(), Guard() if making.lift.guard else None
        for stretch, segments in hear(stretches):
            for segment in segments:
                yield settle(segment, spans, ids, guard, target)
            yield Progress(spec.name, stretch.end)

    return stage


def recognised(making: Making, stretches: list[Audio]) -> Iterator[tuple[Audio, list[Segment]]]:
    """Each stretch with its segments, as soon as the engine gives them."""
    loaded = making.loaded
    if isinstance(loaded.engine, BatchRecognizer):
        with loaded.exclusive():
            answers = iter(loaded.engine.transcribe_batch(stretches, making.options))
        for stretch in stretches:
            with loaded.exclusive():
                segments = list(next(answers))
            yield stretch, segments
        return
    for stretch in stretches:
        with loaded.exclusive():
            segments = list(loaded.engine.transcribe(stretch, making.options))
        yield stretch, segments


def by_utterance(making: Making, hear: Hear, target: str | None = None) -> Stage:
    """For live use of an engine that cannot stream: recognise each utterance when it ends, or fills the window."""
    loaded, window = making.loaded, making.loaded.spec.window

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        tape, ear, ids = Tape(), Ear(loaded.spec.sample_rate), Ids()
        guard = Guard() if making.lift.guard else None
        began: float | None = None

        def utterance(start: float, end: float) -> Iterator[Event]:
            for _, segments in hear([tape.cut(start, end)]):
                for segment in segments:
                    yield settle(segment, [Span(start, end)], ids, guard, target)

        for event in events:
            yield event
            match event:
                case AudioChunk(audio):
                    for part in ear.feed(audio):
                        tape.append(part)
                    if began is None:
                        tape.forget(tape.end - PREROLL)
                    while began is not None and tape.end - began >= window:
                        yield from utterance(began, began + window)
                        began += window
                        tape.forget(began)
                case SpeechStarted(at):
                    began = at
                case SpeechEnded(at) if began is not None:
                    yield from utterance(began, at)
                    began = None
                case _:
                    pass
        if began is not None and tape.end > began:
            yield from utterance(began, tape.end)

    return stage


def streaming(making: Making) -> Stage:
    """One session for the whole stream; the guard looks at what is settled."""
    loaded, guard = making.loaded, Guard() if making.lift.guard else None

    def tell(update: SegmentUpdate) -> SegmentUpdate:
        if guard is None or not update.final:
            return update
        return replace(update, segment=guard.look(update.segment, None))

    return through_session(loaded, lambda: loaded.engine.open(making.options), tell)


def settle(
    segment: Segment, speech: list[Span] | None, ids: Ids, guard: Guard | None, target: str | None
) -> SegmentUpdate:
    """A recognised segment as its final event, with an id and looked at by the guard."""
    if guard is not None:
        segment = guard.look(segment, speech)
    return SegmentUpdate(segment=ids.name(segment), target=target)


class Speech:
    """The spans of speech told by the events so far."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._began: float | None = None

    def hear(self, event: Event) -> None:
        """One event more."""
        match event:
            case SpeechStarted(at):
                self._began = at
            case SpeechEnded(at):
                if self._began is not None:
                    self._spans.append(Span(self._began, max(at, self._began)))
                self._began = None
            case _:
                pass

    def until(self, end: float) -> list[Span]:
        """All spans, an open one ending here."""
        still = [Span(self._began, max(end, self._began))] if self._began is not None else []
        return [*self._spans, *still]


LIFT = Lift(make, AsrStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SEGMENTS}))
