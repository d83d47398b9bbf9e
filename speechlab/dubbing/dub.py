"""A recording spoken in another language, at the times of the original: the work, told as it goes."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Literal

from .. import media
from ..closing import closes
from ..errors import ConfigError
from ..lab import Lab
from ..library import asked_for
from ..pipeline import Pipeline, Step
from ..provenance import watermark
from ..runner import Run, compose
from ..source import Sound, Source
from ..stages import Flow
from ..stages.interpret import InterpretStage
from ..trace import Trace
from ..types import (
    Audio,
    AudioChunk,
    Event,
    Fold,
    HeardChunk,
    Progress,
    Recording,
    Segment,
    SegmentUpdate,
    SynthesisChunk,
)
from ..types.transcript import in_time
from .lines import Line, Spool, spoken
from .marking import marked
from .options import DubOptions
from .report import DubReport
from .track import laid
from .voicing import Voicing

LOWEST_RATE = 24_000
"""Hz: speech keeps its consonants, whatever the rate of the original."""


class Dub:
    """One recording on its way into another language. Iterate it for the events; close that to cancel.

    What hears the original runs first; what works on text then sees all of it; and what is to be spoken is spoken in
    the order of time, just before it is laid on the track. So memory does not grow with the length. The track comes as
    :class:`~speechlab.types.HeardChunk`, at the original's rate or 24 kHz, whichever is more.
    """

    def __init__(
        self,
        lab: Lab,
        pipeline: Pipeline,
        sound: Sound,
        options: DubOptions,
        *,
        recording: Recording | None = None,
        channel: int | Literal["each"] | None = None,
        resume: bool = False,
    ) -> None:
        """``recording`` is what is known already of what is said, and is then not found out again.

        Raises ConfigError, EngineUnavailable or PolicyDenied.
        """
        self._lab, self._options, self._known, self._channel, self._resume = lab, options, recording, channel, resume
        self._speaking = _speaking(pipeline)
        self._interpreting = isinstance(self._speaking.lift_options, InterpretStage)
        if self._interpreting and recording is not None:
            raise ConfigError(
                f"{self._speaking.spec.name} hears the recording itself, so nothing that is known of it helps",
                hint="leave out what is known, or let a translator and a synthesizer dub",
            )
        hears = any(Flow.AUDIO in step.lift.needs for step in pipeline.steps)
        self._pipeline = pipeline.ready(lab.policy, Flow.AUDIO if hears or recording is None else Flow.SEGMENTS)
        self._source = Source(sound)
        self._voicing: Voicing | None = None
        self.recording = recording or Recording()
        """What is said in the original, and its translations, as far as it is known by now."""
        self.trace = Trace()
        """What it cost."""

    @property
    def report(self) -> DubReport:
        """What became of each segment so far."""
        return self._voicing.report if self._voicing is not None else DubReport()

    @property
    def passes(self) -> int:
        """How many times it goes through the recording: for what is said, for the words, for what is to be heard."""
        return 2 if self._interpreting else 1 + (self._known is None) + bool(self._parts()[1].steps)

    @property
    def duration(self) -> float | None:
        """Length of the original in seconds, None where the file does not tell."""
        return self._source.duration

    @property
    def comment(self) -> str:
        """What a file of the track says of itself: that, and how, it was made."""
        voices = asked_for(self._speaking.lift_options.model_dump())
        return self._lab.library.label(self._speaking.spec.name, voices).text()

    def sound(self) -> Iterator[Audio]:
        """The track alone, piece by piece."""
        with closes(events := iter(self)):
            for event in events:
                if isinstance(event, HeardChunk):
                    yield event.audio

    def audio(self) -> Audio:
        """The track as one; an hour at 24 kHz takes 345 MB."""
        return Audio.join(self.sound())

    def write(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """The track as a file that appears when all of it is written. Raises as iterating, and OutputError."""
        media.write(self.sound(), path, format, comment=self.comment)
        return Path(path)

    def __iter__(self) -> Generator[Event, None, None]:
        """What is told of what is said and of its translation, how far it is, and the track. Raises SpeechLabError."""
        self.trace.start()
        try:
            yield from self._interpreted() if self._interpreting else self._translated()
        finally:
            self.trace.stop()

    def _interpreted(self) -> Iterator[Event]:
        """An interpreter hears and speaks; what it says is then laid in order."""
        with TemporaryFile() as file:
            spool = Spool(file)
            run = yield from self._heard(self._pipeline, spool)
            yield from self._track(spool.lines(self._said()))
            self._forget(run)

    def _translated(self) -> Iterator[Event]:
        """What is said is found out, translated, and spoken."""
        first, then = self._parts()
        run = None if self._known is not None else (yield from self._heard(first))
        yield from self._worded(then)
        yield from self._track(self._lines())
        self._forget(run)

    def _parts(self) -> tuple[Pipeline, Pipeline]:
        """The steps that hear the original, and those after them that work on text, but for the one that speaks."""
        *steps, _ = self._pipeline.steps
        hearing = max((n for n, step in enumerate(steps, 1) if Flow.AUDIO in step.lift.needs), default=0)
        first, then = tuple(steps[:hearing]), tuple(steps[hearing:])
        return replace(self._pipeline, steps=first), replace(self._pipeline, steps=then)

    def _heard(self, pipeline: Pipeline, spool: Spool | None = None) -> Generator[Event, None, Run]:
        """Find out what is said; what an interpreter says goes to the ``spool``. What is done is kept in the run's
        checkpoints until the track is: a synthesizer may fail yet."""
        run = self._lab.open(pipeline.for_recognition(), self._source.sound, channel=self._channel, resume=self._resume)
        run.trace.stages, run.marks = self.trace.stages, False
        fold = Fold()
        with closes(events := iter(run)):
            for event in events:
                match event:
                    case SynthesisChunk():
                        if spool is not None:
                            spool.add(event)
                        continue
                    case AudioChunk() | HeardChunk():
                        fold.apply(event)
                        continue
                fold.apply(event)
                yield event
                if not (isinstance(event, Progress) and event.stage == "start"):
                    run.keep = True  # from now on, since at its start it forgets what it is not to resume
        self.trace.pieces, self.trace.resumed = run.trace.pieces, run.trace.resumed
        self.recording = fold.recording()
        return run

    def _forget(self, run: Run | None) -> None:
        if run is not None and not self._lab.policy.keep:
            run.forget()

    def _worded(self, pipeline: Pipeline) -> Iterator[Event]:
        """Do what is left to do on the text, translating above all."""
        track = self._pipeline.track_of(self._speaking)
        if not pipeline.steps or (self._known is not None and track in self._known.translations):
            return
        fold, done = Fold(self.recording), 0.0
        updates: list[Event] = [SegmentUpdate(segment=segment) for segment in self.recording.transcript]
        given = {id(update) for update in updates}
        with closes(events := self._composed(pipeline, updates)):
            for event in events:
                fold.apply(event)
                if id(event) not in given:
                    yield event
                if isinstance(event, SegmentUpdate) and event.target is not None and event.segment.end > done:
                    done = event.segment.end
                    yield Progress("piece", done, self.recording.duration)
        self.recording = fold.recording()

    def _lines(self) -> Iterator[Line]:
        """All that is to be spoken, spoken as it is asked for."""
        track = self._pipeline.track_of(self._speaking)
        speaking = Pipeline((self._speaking if track is None else self._speaking.having({"track": track}),))
        said = self._said()
        updates = [SegmentUpdate(segment=one, target=track) for one in sorted(said.values(), key=in_time)]
        return spoken(self._composed(speaking, updates), said)

    def _said(self) -> dict[str, Segment]:
        """The segments that are to be spoken, by id; without those whose original was withdrawn."""
        track = self._pipeline.track_of(self._speaking)
        segments = self.recording.transcript if track is None else self.recording.translations.get(track, ())
        withdrawn = {one.id for one in self.recording.transcript if one.suspect}
        return {one.id: one for one in segments if one.id not in withdrawn and not one.suspect}

    def _composed(self, pipeline: Pipeline, updates: Iterable[Event]) -> Iterable[Event]:
        ready = pipeline.ready(self._lab.policy, Flow.SEGMENTS)
        return compose(ready, updates, self._lab.pool, trace=Trace(stages=self.trace.stages), marks=False)

    def _track(self, lines: Iterable[Line]) -> Iterator[Event]:
        """Lay the speech on the track."""
        options, source = self._options, self._source
        rate = max(source.sample_rate, LOWEST_RATE)
        end = self.trace.audio_seconds = max(self.recording.duration, source.start)
        self._voicing = Voicing(options, rate, source.start, end)
        original = (
            event.audio
            for event in source.events(rate, None if options.background is None else "all")
            if isinstance(event, AudioChunk)
        )
        pieces = laid(original, self._voicing.placed(lines), options.background, keep_length=options.keep_length)
        if self._lab.policy.watermark:
            pieces = marked(pieces, watermark(self._lab.pool.context).marked)
        with closes(pieces):
            for piece in pieces:
                yield HeardChunk(piece)
                yield Progress("piece", min(piece.end, end), end)


def _speaking(pipeline: Pipeline) -> Step:
    """The step that speaks. Raises ConfigError where there is none, or another comes after it."""
    speaking = [step for step in pipeline.steps if Flow.SYNTHESIS in step.lift.gives]
    if len(speaking) != 1:
        there = f"{len(speaking)} stages speak" if speaking else "nothing speaks in it"
        raise ConfigError(
            f"the pipeline cannot dub: {there}", hint='give it one stage use = "tts", or use = "interpret"'
        )
    if pipeline.steps[-1] is not speaking[0]:
        raise ConfigError(
            f"the pipeline cannot dub: {pipeline.steps[-1].spec.name} comes after {speaking[0].spec.name}",
            hint="let the stage that speaks be the last",
        )
    return speaking[0]
