"""Speech recognition as a stage: clip by clip in batch; as a stream, or looking again and again, when live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from ..engines import BatchRecognizer, Recognizer, StreamingRecognizer
from ..params import Params
from ..types import Audio, AudioChunk, Event, HeardChunk, Progress, Segment, SegmentUpdate, Span, Tick
from .base import Flow, Lift, Making, Scope, Stage
from .better import recognised_better
from .clips import Clip, clips
from .commit import Commit
from .hearing import Ear, through_session
from .listening import RESTARTED, through_listener
from .redecoding import Hear, by_utterance, switching
from .speech import SpeechTimes
from .tape import Tape
from .telling import Telling

ADVANCED: Any = {"advanced": True}


class AsrStage(Params):
    """The host's own options around every recognizer; all but the guard matter only when speech is heard live."""

    guard: bool = True
    """Flag text that nobody seems to have said: on silence, or in a repetition loop."""
    commit: Annotated[Commit, Field(json_schema_extra=ADVANCED)] = "local-agreement"
    """Live, when a word counts as said: as soon as two looks in a row agree on it (local-agreement), once it has stood
    for a second (time-stable), or when the utterance is over (final-at-silence). Engines that stream decide by
    themselves."""
    interval: Annotated[float, Field(ge=0, le=10, json_schema_extra=ADVANCED)] = 1.0
    """Live, seconds of sound between two looks at what is being said: the fewer, the more it costs. 0 looks only at
    what is over."""
    longest: Annotated[float, Field(ge=3, le=30, json_schema_extra=ADVANCED)] = 15.0
    """Live, seconds after which speech without a pause is cut where it is quietest."""
    hold_language: Annotated[bool, Field(json_schema_extra=ADVANCED)] = True
    """Live, hold on to the language that is found once five seconds were spoken in it; turn it off where several are
    spoken, unless the engine was told so."""


def make(making: Making) -> Stage:
    """The stage for this mode; a recognizer that only streams streams in batch too."""
    engine = making.loaded.engine
    if isinstance(engine, StreamingRecognizer) and (making.live or not isinstance(engine, Recognizer)):
        return by_piece(making, partial(in_session, making)) if making.better else streaming(making)
    return (by_utterance if making.live else by_piece)(making, partial(recognised, making))


def by_piece(making: Making, hear: Hear, target: str | None = None) -> Stage:
    """Hear one piece to its end, then recognise its speech clip by clip. Without speech times, all of it.

    Where the better of two texts is wanted, each clip is recognised on both tracks.
    """
    spec = making.loaded.spec

    def texts(cut: list[Clip], heard: Audio | None) -> Iterator[list[Segment]]:
        if making.better:
            twins = [clip.twin(heard) if heard else None for clip in cut]
            return recognised_better(cut, twins, hear, making.options)
        return (segments for _, segments in hear([clip.audio for clip in cut], making.options))

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        raw, ear = Track(spec.sample_rate), Track(spec.sample_rate)
        speech = SpeechTimes()
        for event in events:
            yield event
            speech.hear(event)
            match event:
                case AudioChunk(chunk):
                    raw.append(chunk)
                case HeardChunk(chunk) if making.better:
                    ear.append(chunk)
                case _:
                    pass
        audio, heard = raw.all(), ear.all()
        if audio is None:
            return
        spans = speech.until(audio.end) if making.detected else None
        spoken = spans if spans is not None else [Span(audio.start, audio.end)]
        if switching(making.options):
            cut = list(clips(audio, spoken, spec.window, breath=0.0))
        else:
            cut = list(clips(audio, spoken, spec.window, share=spec.pads))
        telling = Telling(guard=making.lift.guard, target=target)
        for clip, segments in zip(cut, texts(cut, heard), strict=True):
            for segment in segments:
                for restored in clip.restored(segment):
                    yield telling.final(restored, spans)
            yield Progress(spec.name, clip.end)

    return stage


class Track:
    """The sound of a piece, as an engine wants it."""

    def __init__(self, sample_rate: int) -> None:
        self._tape, self._ear = Tape(), Ear(sample_rate)

    def append(self, audio: Audio) -> None:
        """The next chunk."""
        for part in self._ear.feed(audio):
            self._tape.append(part)

    def all(self) -> Audio | None:
        """All of it, once it is over; None where there is none."""
        for part in self._ear.flush():
            self._tape.append(part)
        return self._tape.take(self._tape.end) if self._tape else None


def streaming(making: Making) -> Stage:
    """One session for the whole stream, or for a piece of it.

    The guard looks at what is settled once the detector has told of the same sound: it does so after the sound.
    """

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        speech, telling = SpeechTimes(), Telling(guard=making.lift.guard)
        unjudged: list[Any] = []

        def judged() -> Iterator[Event]:
            for update in unjudged:
                if update is RESTARTED:
                    yield from telling.anew()
                    continue
                yield telling.same(update, speech.until(update.segment.end) if making.detected else None)
                if update.final:
                    speech.forget(update.segment.end)
            unjudged.clear()

        def tell(update: Any) -> Iterator[Event]:
            unjudged.append(update)
            if not making.detected:
                yield from judged()

        def settled(update: SegmentUpdate) -> float | None:
            return update.segment.end if update.final else None

        through = through_listener(making, tell, settled) if making.live else through_session(making, tell)
        for event in through(events):
            if isinstance(event, AudioChunk | Tick):  # by now the detector has told of the sound before
                yield from judged()
            speech.hear(event)
            yield event
        yield from judged()

    return stage


def recognised(making: Making, stretches: list[Audio], options: Any) -> Iterator[tuple[Audio, list[Segment]]]:
    """Each stretch with its segments, as soon as the engine gives them."""
    loaded = making.loaded
    if isinstance(loaded.engine, BatchRecognizer):
        with loaded.exclusive():
            answers = iter(loaded.engine.transcribe_batch(stretches, options))
        for stretch in stretches:
            with loaded.exclusive():
                segments = list(next(answers))
            yield stretch, segments
        return
    for stretch in stretches:
        with loaded.exclusive():
            segments = list(loaded.engine.transcribe(stretch, options))
        yield stretch, segments


def in_session(making: Making, stretches: list[Audio], options: Any) -> Iterator[tuple[Audio, list[Segment]]]:
    """Each stretch with its segments, by an engine that only streams: a session for each."""
    loaded = making.loaded
    for stretch in stretches:
        with loaded.exclusive():
            session = loaded.engine.open(options)
            updates = [*session.feed(stretch), *session.flush()]
        yield stretch, [update.segment for update in updates if update.final]


LIFT = Lift(make, AsrStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SEGMENTS}))
