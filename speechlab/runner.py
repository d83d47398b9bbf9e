"""The engine room: compose stages, cut the recording into pieces, pull events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from .cache import Checkpoints, key, recorded
from .closing import closes
from .errors import EngineFailed, SpeechLabError
from .pieces import LONGEST, SHORTEST, Piece, cut
from .pipeline import Pipeline, Step
from .pool import Pool
from .source import Source
from .stages import Making, Scope, Stage
from .trace import Trace
from .types import AudioChunk, Event, Progress, SegmentUpdate

Events = Generator[Event, None, None]
RETRIES = 1
"""How often a piece is tried again after an engine failed on it."""


@dataclass
class Run:
    """One recording on its way through one pipeline, in batch. Iterate it for the events; close it to cancel.

    Finished pieces are kept in ``checkpoints`` while the run lasts. ``resume`` takes those that an earlier run left;
    ``keep`` leaves them there in the end, for a later run with another translator, say.
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

    def __iter__(self) -> Events:
        """The events of every stage, piece by piece. Raises SpeechLabError."""
        self.trace.start()
        try:
            yield from self._each_channel() if self.channel == "each" else self._one()
        finally:
            self.trace.stop()

    def forget(self) -> None:
        """Delete what an unfinished run left behind for :attr:`resume`."""
        front, body = self.pipeline.of(Scope.STREAM), self.pipeline.of(Scope.PIECE)
        channels = range(self.source.channels) if self.channel == "each" else (self.channel,)
        if self.checkpoints is not None:
            for channel in channels:
                self.checkpoints.forget(*replace(self, channel=channel)._keys(front, body))

    def _each_channel(self) -> Events:
        for number in range(self.source.channels):
            run = replace(self, channel=number)
            speaker = f"Channel {number + 1}"
            for event in run._one():
                yield as_speaker(event, speaker, f"c{number}-")

    def _one(self) -> Events:
        assert self.channel != "each"
        with ExitStack() as leases:
            stages = {
                id(step): leased(leases, self.pool, step, self.pipeline, self.trace) for step in self.pipeline.steps
            }
            front, body, tail = (self.pipeline.of(scope) for scope in (Scope.STREAM, Scope.PIECE, Scope.WHOLE))
            events = self._composed(self.source.events(self.pipeline.sample_rate, self.channel), front, stages)
            events = self._composed(self._pieces(events, front, body, stages), tail, stages)
            with closes(events):
                for event in events:
                    yield replace(event, total=self.source.duration) if isinstance(event, Progress) else event
        if self.checkpoints is not None and not self.keep:
            self.checkpoints.forget(*self._keys(front, body))

    def _composed(self, events: Iterable[Event], steps: Iterable[Step], stages: dict[int, Stage]) -> Events:
        for step in steps:
            events = guarded(step, stages[id(step)], events, self.trace)
        return passing(events)

    def _pieces(
        self, events: Events, front: tuple[Step, ...], body: tuple[Step, ...], stages: dict[int, Stage]
    ) -> Events:
        keys = self._keys(front, body)
        if self.checkpoints is not None and not self.resume and not self.keep:
            self.checkpoints.forget(*keys)
        shortest, longest = self.piece_seconds
        with closes(events):
            for piece in cut(events, shortest=shortest, longest=longest):
                self.trace.pieces += 1
                self.trace.audio_seconds += piece.audio.duration
                yield from self._tried(piece, keys, body, stages)
                yield Progress("piece", piece.audio.end)
                del piece  # its sound is let go of before the next piece is put together

    def _tried(self, piece: Piece, keys: list[str], body: tuple[Step, ...], stages: dict[int, Stage]) -> Events:
        """The events of one piece; where an engine fails, once more. Upserts may be told twice without harm."""
        for left in reversed(range(RETRIES + 1)):
            try:
                yield from self._piece(piece, keys, body, stages)
            except EngineFailed:
                if not left:
                    raise
            else:
                return

    def _piece(self, piece: Piece, keys: list[str], body: tuple[Step, ...], stages: dict[int, Stage]) -> Events:
        done, log = self._kept(piece, keys)
        events: Iterable[Event] = piece.events() if log is None else [AudioChunk(piece.audio), *log]
        for step, name in list(zip(body, keys, strict=True))[done:]:
            events = guarded(step, stages[id(step)], events, self.trace)
            if self.checkpoints is not None:
                events = recorded(events, self.checkpoints, name, piece.index)
        yield from passing(events)

    def _kept(self, piece: Piece, keys: list[str]) -> tuple[int, list[Event] | None]:
        """How many stages of the body need not run for this piece, and what they told when they did."""
        if self.checkpoints is not None and (self.resume or self.keep):
            for done in range(len(keys), 0, -1):
                if (log := self.checkpoints.get(keys[done - 1], piece.index)) is not None:
                    self.trace.resumed += done == len(keys)
                    return done, log
        return 0, None

    def _keys(self, front: tuple[Step, ...], body: tuple[Step, ...]) -> list[str]:
        """One key for each prefix of the body."""
        extra = (self.channel, self.pipeline.sample_rate, self.piece_seconds)
        return [key((*front, *body[: n + 1]), *extra) for n in range(len(body))]


def compose(
    pipeline: Pipeline,
    events: Iterable[Event],
    pool: Pool,
    *,
    live: bool,
    threads: bool = False,
    trace: Trace | None = None,
) -> Events:
    """Events through every stage, uncut. ``live``: each stage answers as the sound arrives.

    ``threads`` runs what is before each stage in a thread of its own.
    """
    trace = trace or Trace()
    trace.start()
    try:
        with ExitStack() as leases:
            for step in pipeline.steps:
                stage = leased(leases, pool, step, pipeline, trace, live=live)
                events = guarded(step, stage, own_thread(events) if threads else events, trace)
            yield from passing(events)
    finally:
        trace.stop()


def as_speaker(event: Event, speaker: str, prefix: str) -> Event:
    """The event with its segment spoken by ``speaker``, and named so that no other channel's has its name."""
    if not isinstance(event, SegmentUpdate):
        return event
    segment = event.segment
    words = tuple(replace(word, speaker=speaker) for word in segment.words)
    return replace(event, segment=replace(segment, id=prefix + segment.id, speaker=speaker, words=words))


def leased(leases: ExitStack, pool: Pool, step: Step, pipeline: Pipeline, trace: Trace, *, live: bool = False) -> Stage:
    """The step's engine, held until the run ends, as a stage."""
    before = trace.clock()
    loaded = leases.enter_context(pool.lease(step.spec, step.params))
    trace.stage(step.spec.name).load += trace.clock() - before
    return step.lift.make(
        Making(loaded, step.options, step.lift_options, live=live, detected=pipeline.detected_before(step))
    )


def guarded(step: Step, stage: Stage, events: Iterable[Event], trace: Trace) -> Events:
    """The stage over the events, timed, and named in whatever goes wrong inside it."""
    output = trace.timed(step.spec.name, stage, events)
    with closes(output):
        try:
            yield from output
        except SpeechLabError:
            raise
        except Exception as error:
            raise EngineFailed(
                f"{step.spec.name} failed: {type(error).__name__}: {error}",
                hint="try again, or choose another engine or a smaller model",
            ) from error


def passing(events: Iterable[Event]) -> Events:
    """The same events, as something that can be closed."""
    with closes(events):
        yield from events


def own_thread(events: Iterable[Event], size: int = 64) -> Events:
    """Run everything upstream in a thread of its own, behind a bounded queue. Still just an iterator."""
    box: queue.Queue[Callable[[], Event | None]] = queue.Queue(size)
    stop = threading.Event()

    def put(item: Callable[[], Event | None]) -> bool:
        while not stop.is_set():
            try:
                box.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def pump() -> None:
        try:
            with closes(events):
                for event in events:
                    if not put(partial(_same, event)):
                        return
        except BaseException as error:
            put(partial(_raise, error))  # carried across, and raised where it is read
        else:
            put(lambda: None)

    thread = threading.Thread(target=pump, name="speechlab-upstream", daemon=True)
    thread.start()
    try:
        while (event := box.get()()) is not None:
            yield event
    finally:
        stop.set()
        thread.join()


def _same(event: Event) -> Event:
    return event


def _raise(error: BaseException) -> Event:
    raise error
