"""What speech detectors promise: where somebody speaks, however the sound is cut."""

from __future__ import annotations

from typing import Any

import pytest

from ...engines import BatchSpeechDetector, SpeechDetector, SpeechScorer
from ...types import Audio, Span, SpeechEnded, SpeechStarted
from ..sounds import noise, silence, spoken
from ..subject import Subject
from .asked import LATE, lies_in, said, through


def detected(subject: Subject, audio: Audio, seconds: float) -> list[Span]:
    """The stretches of speech told of a sound that comes in chunks of so many seconds."""
    events = through(subject.engine.open(subject.options), audio.chunks(seconds))
    kinds = [type(event) for event in events]
    assert kinds == [SpeechStarted, SpeechEnded] * (len(kinds) // 2), f"starts and ends do not take turns: {events}"
    times = [event.at for event in events]
    assert times == sorted(times), f"stretches overlap: {times}"
    spans = [Span(start, end) for start, end in zip(times[::2], times[1::2], strict=True)]
    for span in spans:
        lies_in(span, audio)
    return spans


def check_finds_speech(subject: Subject) -> None:
    """Three sentences with pauses between them are found where they are."""
    spans = detected(subject, spoken(subject.spec.sample_rate, start=LATE), 0.5)
    for sentence in said(LATE):
        found = sum(span.overlap(sentence) for span in spans)
        assert found > 0.8 * sentence.duration, f"of {sentence} it found {found:.2f} s, in {spans}"


def check_hears_nothing_in_silence(subject: Subject) -> None:
    """Digital silence is no speech."""
    assert detected(subject, silence(5, subject.spec.sample_rate), 0.5) == []


def check_chunks_make_no_difference(subject: Subject) -> None:
    """The same spans, however the stream is cut: a session keeps what does not yet fill a window."""
    audio = spoken(subject.spec.sample_rate)
    whole = detected(subject, audio, 60.0)
    for seconds in (0.03, 0.2, 1.3):
        told = detected(subject, audio, seconds)
        assert len(told) == len(whole), f"in chunks of {seconds} s: {told}; in one piece: {whole}"
        for one, other in zip(told, whole, strict=True):
            assert (one.start, one.end) == pytest.approx((other.start, other.end), abs=0.011)


def check_a_batch_of_sessions_hears_the_same(subject: Subject) -> None:
    """Feeding many sessions in one call gives each what it would get alone."""
    engine = subject.engine
    if not isinstance(engine, BatchSpeechDetector):
        pytest.skip("it feeds one session at a time")
    assert isinstance(engine, SpeechDetector)
    rate = subject.spec.sample_rate
    streams = [spoken(rate), noise(12, rate), silence(12, rate)]
    sessions = [engine.open(subject.options) for _ in streams]
    told: list[list[Any]] = [[] for _ in streams]
    for chunks in zip(*(stream.chunks(0.2) for stream in streams), strict=False):
        for heard, answer in zip(told, engine.feed_batch(sessions, chunks), strict=True):
            heard.extend(answer)
    for stream, session, heard in zip(streams, sessions, told, strict=True):
        cut = min(len(list(one.chunks(0.2))) for one in streams) * 0.2
        alone = through(engine.open(subject.options), stream.crop(0, cut).chunks(0.2))
        assert [*heard, *session.flush()] == alone


def check_scores_explain_the_speech(subject: Subject) -> None:
    """Scores lie in [0, 1], and the spans made of them are those that a session tells, whatever the threshold."""
    engine = subject.engine
    if not isinstance(engine, SpeechScorer):
        pytest.skip("it does not show its scores")
    audio = spoken(subject.spec.sample_rate, start=LATE)
    scores = engine.scores(audio.chunks(0.7))
    assert [scores.start, scores.end] == pytest.approx([audio.start, audio.end])
    assert ((scores.values >= 0) & (scores.values <= 1)).all(), f"scores from {scores.values.min()} up"
    middle = float(scores.values[len(scores.values) // 2])
    for threshold in (None, middle, 0.9):
        given = {} if threshold is None else {"threshold": threshold}
        options = type(subject.options)(**{**subject.options.model_dump(), **given})
        told = through(subject.engine.open(options), audio.chunks(0.7))
        times = [(start.at, end.at) for start, end in zip(told[::2], told[1::2], strict=True)]
        made = [(span.start, span.end) for span in engine.spans(scores, options)]
        assert made == times, f"with {given} it tells {times}, and makes {made} of its scores"
