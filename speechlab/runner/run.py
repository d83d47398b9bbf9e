"""A recording through a pipeline in batch: cut into pieces, each tried again where an engine fails, and kept."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal

from ..cache import Checkpoints, key, recorded
from ..closing import closes
from ..errors import EngineFailed
from ..pieces import LONGEST, SHORTEST, Piece, cut
from ..pipeline import Pipeline, Step
from ..pool import Pool
from ..source import Source
from ..stages import Scope, Stage
from ..trace import Trace
from ..types import Event, HeardChunk, Progress
from .staged import Events, guarded, leased, sourced
from .telling import Told, as_speaker

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
