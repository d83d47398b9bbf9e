"""The engine room: compose stages, cut the recording into pieces, pull events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Literal

from .cache import Checkpoints, key, recorded
from .closing import closes
from .errors import AudioError, EngineFailed, SpeechLabError
from .library import in_own_words
from .pieces import LONGEST, SHORTEST, Piece, cut
from .pipeline import Pipeline, Step
from .pool import Pool
from .provenance import watermark
from .source import Source
from .stages import Flow, Making, Scheduler, Scope, Stage
from .stages.base import as_it_is
from .stages.identifying import Identifier, identifier, nobody_knows
from .stages.scheduling import failed
from .stages.spelling import speller
from .threads import own_thread
from .trace import Trace
from .types import Audio, AudioChunk, Event, HeardChunk, Progress, SegmentUpdate, SynthesisChunk, TurnUpdate

Events = Generator[Event, None, None]
RETRIES = 1
"""How often a piece is tried again after an engine failed on it."""


@dataclass
class Run:
    """One recording on its way through one pipeline, in batch. Iterate it for the events; close that to cancel.

    Finished pieces are kept in ``checkpoints`` until the run has succeeded. ``resume`` takes those that an earlier run
    left; ``keep`` leaves them there in the end, for a later run with another translator, say.
    """

    pipeline: Pipeline
    source: Source
    pool: Pool
    checkpoints: Checkpoints | None = None
    resume: bool = False
    keep: bool = False
    channel: int | Literal["each"] | None = None
    """None mixes all channels down; a number takes one; ``"each"`` hears each as a speaker of its own."""
    trace: Trace = field(default_factory=Trace)
    piece_seconds: tuple[float, float] = (SHORTEST, LONGEST)
    marks: bool = True
    """Whether what is spoken is watermarked where it is born; False for who marks what becomes of it."""

    def __iter__(self) -> Events:
        """The events of every stage, piece by piece. Raises SpeechLabError."""
        self.trace.start()
        events = self._each_channel() if self.channel == "each" else self._one(self.channel)
        try:
            with closes(events):
                yield from events
        finally:
            self.trace.stop()
        if not self.keep:
            self.forget()

    def forget(self) -> None:
        """Let go of the pieces that are kept, once the results are safe elsewhere."""
        if self.checkpoints is not None:
            channels = range(self.source.channels) if self.channel == "each" else [self.channel]
            self.checkpoints.forget(*(name for channel in channels for name in self._keys(channel)))

    def _each_channel(self) -> Events:
        for number in range(self.source.channels):
            with closes(events := self._one(number)):
                for event in events:
                    yield as_speaker(event, f"Channel {number + 1}", f"c{number}-")

    def _one(self, channel: int | None) -> Events:
        with ExitStack() as leases:
            stages = {
                id(step): leased(leases, self.pool, step, self.pipeline, self.trace, marks=self.marks)
                for step in self.pipeline.steps
            }
            yield Progress("start", 0.0, self.source.duration)  # the engines are loaded
            front, body, tail = (self.pipeline.of(scope) for scope in (Scope.STREAM, Scope.PIECE, Scope.WHOLE))
            keys = self._keys(channel)
            events: Iterable[Event] = sourced(self.source.events(self._rate, channel))
            events = self._composed(events, front, stages)
            events = self._composed(self._pieces(events, keys, body, stages), tail, stages)
            with closes(events):
                for event in events:
                    yield replace(event, total=self.source.duration) if isinstance(event, Progress) else event

    def _composed(self, events: Iterable[Event], steps: Iterable[Step], stages: dict[int, Stage]) -> Iterable[Event]:
        for step in steps:
            events = guarded(step, stages[id(step)], events, self.trace)
        return events

    def _pieces(
        self, events: Iterable[Event], keys: list[str], body: tuple[Step, ...], stages: dict[int, Stage]
    ) -> Events:
        if self.checkpoints is not None:
            self.checkpoints.expire()
            if not self.resume and not self.keep:
                self.checkpoints.forget(*keys)
        shortest, longest = self.piece_seconds
        both = any(self.pipeline.better_before(step) for step in body)
        with closes(events):
            for piece in cut(events, both=both, shortest=shortest, longest=longest):
                if isinstance(piece, HeardChunk):
                    yield piece
                    continue
                self.trace.pieces += 1
                self.trace.audio_seconds = max(self.trace.audio_seconds, piece.audio.end)
                yield from self._tried(piece, keys, body, stages)
                yield Progress("piece", piece.audio.end)
                del piece  # its sound is let go of before the next piece is put together

    def _tried(self, piece: Piece, keys: list[str], body: tuple[Step, ...], stages: dict[int, Stage]) -> Events:
        """The events of one piece, as they come; where an engine fails, once more from the stage that failed."""
        told = Told()
        for left in reversed(range(RETRIES + 1)):
            again = self.resume or self.keep or left < RETRIES
            try:
                with closes(events := self._piece(piece, keys, body, stages, again)):
                    yield from told.anew(events)
            except EngineFailed:
                if not left:
                    raise
            else:
                return

    def _piece(
        self, piece: Piece, keys: list[str], body: tuple[Step, ...], stages: dict[int, Stage], again: bool
    ) -> Events:
        done, log = self._kept(piece, keys) if again else (0, None)
        events: Iterable[Event] = piece.events() if log is None else chain(piece.sound(), log)
        for step, name in list(zip(body, keys, strict=True))[done:]:
            events = guarded(step, stages[id(step)], events, self.trace)
            if self.checkpoints is not None:
                events = recorded(events, self.checkpoints, name, piece.index)
        with closes(events):
            for event in events:
                if not isinstance(event, HeardChunk):  # it was told when it came
                    yield event

    def _kept(self, piece: Piece, keys: list[str]) -> tuple[int, list[Event] | None]:
        """How many stages of the body need not run for this piece, and what they told when they did."""
        if self.checkpoints is not None:
            for done in range(len(keys), 0, -1):
                if (log := self.checkpoints.get(keys[done - 1], piece.index)) is not None:
                    self.trace.resumed += done == len(keys)
                    return done, log
        return 0, None

    @property
    def _rate(self) -> int:
        return self.pipeline.rate_for(self.source.sample_rate)

    def _keys(self, channel: int | None) -> list[str]:
        """One key for each stage that works piece by piece: of it and all before it that it depends on."""
        front = [step for step in self.pipeline.of(Scope.STREAM) if not self.pipeline.for_ear(step)]
        body = self.pipeline.of(Scope.PIECE)
        extra = (channel, self._rate, self.piece_seconds)
        return [key((*front, *body[: n + 1]), *extra) for n in range(len(body))]


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


class Stream:
    """Events through every stage as they come, uncut. Iterate it; ``close()`` it at any time, even before."""

    def __init__(self, events: Events, source: Iterable[Any]) -> None:
        self._events, self._source = events, source

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def close(self) -> None:
        """End the stream: engines are given back, and the source is closed."""
        with suppress(ValueError), closes(self._source):  # ValueError: another thread is just waiting for its sound
            self._events.close()


def compose(
    pipeline: Pipeline,
    events: Iterable[Event],
    pool: Pool,
    *,
    scheduler: Scheduler | None = None,
    threads: bool = False,
    trace: Trace | None = None,
    source: Iterable[Any] = (),
    marks: bool = True,
) -> Stream:
    """Events through every stage, uncut. With a ``scheduler``, each stage answers as the sound arrives, and leaves its
    heavy work to that.

    ``threads`` runs what is before each stage in a thread of its own. ``source`` is closed with the stream, even if
    that never began. Without ``marks``, what is spoken is not watermarked: whoever asks marks what becomes of it.
    """
    trace = trace or Trace()

    def through() -> Events:
        trace.start()
        flow: Iterable[Event] = sourced(events)
        try:
            with ExitStack() as leases, closes(events):
                for step in pipeline.steps:
                    stage = leased(leases, pool, step, pipeline, trace, scheduler, marks=marks)
                    flow = guarded(step, stage, own_thread(flow) if threads else flow, trace)
                with closes(flow):
                    for event in flow:
                        if isinstance(event, AudioChunk):
                            trace.audio_seconds = max(trace.audio_seconds, event.audio.end)
                        yield event
        finally:
            trace.stop()

    return Stream(through(), source)


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


def leased(
    leases: ExitStack,
    pool: Pool,
    step: Step,
    pipeline: Pipeline,
    trace: Trace,
    scheduler: Scheduler | None = None,
    *,
    marks: bool = True,
) -> Stage:
    """The step's engine, held until the run ends, as a stage."""
    before = trace.clock()
    loaded = leases.enter_context(pool.lease(step.spec, step.params))
    entry = trace.stage(step.spec.name)
    entry.load += trace.clock() - before
    making = Making(
        loaded,
        step.options,
        in_own_words(loaded, step.lift_options),
        scheduler,
        detected=pipeline.detected_before(step),
        heard=pipeline.parted_before(step) is not None,
        better=pipeline.better_before(step),
        track=pipeline.track_of(step),
        identify=_identifier(pool, step.beside),
        marked=marker(pool, step) if marks else as_it_is,
        spelled=speller(pool, [(one.spec, one.params, one.options) for one in step.spelled_by]),
        worked=entry.worked,
    )
    return step.lift.make(making)


def marker(pool: Pool, step: Step) -> Callable[[Audio], Audio]:
    """What all sound that the step's engine makes goes through. Raises EngineUnavailable."""
    if Flow.SYNTHESIS not in step.lift.gives or not pool.policy.watermark:
        return as_it_is
    return watermark(pool.context).marked


def _identifier(pool: Pool, beside: Step | None) -> Identifier:
    return identifier(pool, beside.spec, beside.params, beside.options) if beside else nobody_knows


def guarded(step: Step, stage: Stage, events: Iterable[Event], trace: Trace) -> Events:
    """The stage over the events, timed, and named in whatever goes wrong inside it."""
    output = trace.timed(step.spec.name, stage, events)
    with closes(output):
        try:
            yield from output
        except (SpeechLabError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # a library may call sys.exit, or panic past Exception as those in Rust do
            raise failed(step.spec, error) from error


def sourced(events: Iterable[Event]) -> Events:
    """The same events; whatever their source raises is told as an error of the sound, not of the first engine."""
    with closes(events):
        try:
            yield from events
        except SpeechLabError:
            raise
        except Exception as error:
            raise AudioError(
                f"the sound broke off: {type(error).__name__}: {error}", hint="check where it comes from, and try again"
            ) from error
