"""What an engine is asked while it is checked, and the measures that all answers are held to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from ...engines import (
    BatchRecognizer,
    Diarizer,
    Kind,
    Recognizer,
    SentenceSplitter,
    Session,
    StreamingDiarizer,
    StreamingRecognizer,
    TextAnnotator,
    TextProcessor,
)
from ...types import Audio, Segment, Span, Transcript
from ..sounds import spoken
from ..speech import speech
from ..subject import Subject

LATE = 100.0
"""Where on the timeline a recording may as well begin."""
SLACK = 0.25
"""Seconds by which an engine may round a time."""


def work(subject: Subject, engine: Any) -> None:
    """One ordinary call of everything that the engine can do."""
    options, sound, kind = subject.options, spoken(subject.spec.sample_rate).crop(0, 4), subject.spec.kind
    match kind:
        case Kind.ASR:
            if isinstance(engine, Recognizer):
                list(engine.transcribe(sound, options))
            if isinstance(engine, BatchRecognizer):
                for answer in engine.transcribe_batch([sound], options):
                    list(answer)
            if isinstance(engine, StreamingRecognizer):
                through(engine.open(options), sound.chunks(0.5))
        case Kind.SPEECH_TRANSLATE:
            list(engine.translate_speech(sound, subject.target, options))
        case Kind.VAD | Kind.PREPARE | Kind.DENOISE:
            through(engine.open(options), sound.chunks(0.5))
        case Kind.ALIGN:
            engine.align(sound, Transcript(said().segments[:1], "en"), options)
        case Kind.DIARIZE:
            if isinstance(engine, Diarizer):
                engine.diarize(sound, options)
            if isinstance(engine, StreamingDiarizer):
                through(engine.open(options), sound.chunks(0.5))
        case Kind.TEXT:
            if isinstance(engine, TextProcessor):
                list(engine.process(["hello"], ["en"], options))
            if isinstance(engine, TextAnnotator):
                list(engine.annotate(["hello"], ["en"], options))
            if isinstance(engine, SentenceSplitter):
                list(engine.split(["hello"], ["en"], options))
        case Kind.TRANSLATE:
            list(engine.translate(["Hello."], subject.source, subject.target, options))
        case Kind.TTS:
            engine.voices()
            list(engine.synthesize("Hello.", None, options))
        case Kind.CONVERT:
            list(engine.convert(sound, subject.lift.voice, options))
        case Kind.INTERPRET:
            through(engine.interpret(subject.target, options), sound.chunks(0.5))
        case _:
            assert_never(kind)


def through(session: Session[Any, Any], items: Iterable[Any]) -> list[Any]:
    """All that a session answers."""
    answers: list[Any] = []
    for item in items:
        answers.extend(session.feed(item))
    return [*answers, *session.flush()]


def said(start: float = 0.0) -> Transcript:
    """What :func:`spoken` says, where it begins at ``start``; each sentence has an id."""
    sentences = enumerate(speech("en").transcript)
    return Transcript(tuple(_named(segment.moved(start), f"s{number}") for number, segment in sentences), "en")


def _named(segment: Segment, id: str) -> Segment:
    return Segment(segment.start, segment.end, text=segment.text, id=id, language=segment.language)


def lies_in(span: Span, around: Span | Audio) -> None:
    """A time on the timeline of the sound and inside it, in Python's own numbers."""
    are_plain(span.start, span.end)
    assert around.start - SLACK <= span.start <= span.end <= around.end + SLACK, f"{span} is not inside {around}"


def are_plain(*times: float) -> None:
    """Numbers that can be written as JSON: not a model library's own."""
    for time in times:
        assert type(time) in (float, int), f"{time!r} is a {type(time).__name__}: give a Python float"


def in_order(spans: Sequence[Span]) -> None:
    """By the time of their start."""
    starts = [span.start for span in spans]
    assert starts == sorted(starts), "they are not in the order of time"
