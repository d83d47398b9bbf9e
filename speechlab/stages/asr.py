"""Speech recognition as a stage: clip by clip in batch; as a stream, or utterance by utterance, when live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from ..engines import BatchRecognizer, Recognizer, StreamingRecognizer
from ..params import Params
from ..types import Audio, AudioChunk, Event, Progress, Segment, SegmentUpdate, Span
from .base import Flow, Lift, Making, Scope, Stage
from .clips import clips
from .guard import Guard
from .hearing import Ear, through_session
from .ids import Ids
from .speech import SpeechTimes
from .tape import Tape
from .utterances import on_utterances

Hear = Callable[[list[Audio]], Iterator[tuple[Audio, list[Segment]]]]
"""Gives each stretch with its segments, in order, each as soon as it is known."""


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
        tape, ear, speech = Tape(), Ear(spec.sample_rate), SpeechTimes()
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
        audio = tape.take(tape.end)
        spans = speech.until(audio.end) if making.detected else None
        heard = spans if spans is not None else [Span(audio.start, audio.end)]
        cut = list(clips(audio, heard, spec.window, share=spec.pads))
        settled = Settling(making, target)
        for clip, (_, segments) in zip(cut, hear([clip.audio for clip in cut]), strict=True):
            for segment in segments:
                for restored in clip.restored(segment):
                    yield settled.new(restored, spans)
            yield Progress(spec.name, clip.end)

    return stage


def by_utterance(making: Making, hear: Hear, target: str | None = None) -> Stage:
    """For live use of an engine that cannot stream: recognise each utterance when it ends, or fills the window."""
    spec = making.loaded.spec

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        settled = Settling(making, target)

        def work(utterance: Audio) -> Iterator[Event]:
            for _, segments in hear([utterance]):
                for segment in segments:
                    yield settled.new(segment, [Span(utterance.start, utterance.end)])

        yield from on_utterances(spec.sample_rate, spec.window, work)(events)

    return stage


def streaming(making: Making) -> Stage:
    """One session for the whole stream, or for a piece of it; the guard looks at what is settled."""
    loaded = making.loaded

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        speech, settled = SpeechTimes(), Settling(making, None)

        def heard() -> Iterator[Event]:
            for event in events:
                speech.hear(event)
                yield event

        def tell(update: SegmentUpdate) -> Event:
            spans = speech.until(update.segment.end) if making.detected else None
            told = settled.same(update, spans)
            if update.final:
                speech.forget(update.segment.end)
            return told

        yield from through_session(loaded, lambda: loaded.engine.open(making.options), tell)(heard())

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


class Settling:
    """Gives the segments of one stretch of the timeline their names, and has the guard look at them."""

    def __init__(self, making: Making, target: str | None) -> None:
        self._ids, self._target = Ids(), target
        self._guard = Guard() if making.lift.guard else None

    def new(self, segment: Segment, speech: list[Span] | None) -> SegmentUpdate:
        """A recognised segment as its final event."""
        return SegmentUpdate(segment=self._ids.new(self._looked(segment, speech)), target=self._target)

    def same(self, update: SegmentUpdate, speech: list[Span] | None) -> SegmentUpdate:
        """A session's update; what it may still change is not judged yet."""
        segment = self._ids.same(update.segment)
        return replace(update, segment=self._looked(segment, speech) if update.final else segment)

    def _looked(self, segment: Segment, speech: list[Span] | None) -> Segment:
        return segment if self._guard is None else self._guard.look(segment, speech)


LIFT = Lift(make, AsrStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SEGMENTS}))
