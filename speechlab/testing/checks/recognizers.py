"""What recognizers promise, and with them speech translators: segments on the timeline of the sound."""

from __future__ import annotations

import json

import pytest

from ...engines import BatchRecognizer, Kind, Recognizer, StreamingRecognizer
from ...types import Audio, Segment, SegmentUpdate
from ...types.codec import segment_to_json
from ..sounds import spoken
from ..subject import Subject
from .asked import LATE, in_order, lies_in, through


def recognised(subject: Subject, audio: Audio) -> list[Segment]:
    """What it hears, each segment inside the sound."""
    engine, options = subject.engine, subject.options
    if subject.spec.kind is Kind.SPEECH_TRANSLATE:
        segments = list(engine.translate_speech(audio, subject.target, options))
    elif isinstance(engine, Recognizer):
        segments = list(engine.transcribe(audio, options))
    else:
        segments = [update.segment for update in _updates(subject, audio, 0.5) if update.final]
    return _inside(segments, audio)


def check_segments_lie_in_the_sound(subject: Subject) -> None:
    """Segments come in the order of time, on the timeline of the sound, and inside it."""
    segments = recognised(subject, spoken(subject.spec.sample_rate, start=LATE))
    assert segments, "it heard nothing in speech"
    in_order(segments)


def check_words_lie_in_their_segment(subject: Subject) -> None:
    """Where words have times (the feature ``word_times``), they follow each other inside their segment."""
    if "word_times" not in subject.spec.features:
        pytest.skip("it does not declare word_times")
    segments = recognised(subject, spoken(subject.spec.sample_rate, start=LATE))
    assert any(segment.words for segment in segments), "no segment has words"
    for segment in segments:
        in_order(segment.words)
        for word in segment.words:
            lies_in(word, segment)
            assert word.confidence is None or 0.0 <= word.confidence <= 1.0, word


def check_tells_the_language(subject: Subject) -> None:
    """Where it detects the language (the feature ``language_id``), each segment says which."""
    if "language_id" not in subject.spec.features:
        pytest.skip("it does not declare language_id")
    segments = recognised(subject, spoken(subject.spec.sample_rate))
    assert segments, "it heard nothing in speech"
    assert all(segment.language for segment in segments)


def check_answers_are_plain_values(subject: Subject) -> None:
    """Nothing of the model's library is in an answer: it can be written as JSON."""
    segments = recognised(subject, spoken(subject.spec.sample_rate))
    assert segments, "it heard nothing in speech"
    for segment in segments:
        json.dumps(segment_to_json(segment), allow_nan=False)


def check_same_sound_same_answer(subject: Subject) -> None:
    """A broken run that is resumed must give what an unbroken one gives."""
    audio = spoken(subject.spec.sample_rate)
    assert recognised(subject, audio) == recognised(subject, audio)


def check_a_batch_answers_for_each(subject: Subject) -> None:
    """A batch gives one answer for each stretch, in order, each inside its stretch."""
    if not isinstance(subject.engine, BatchRecognizer):
        pytest.skip("it takes no batches")
    audio = spoken(subject.spec.sample_rate, start=LATE)
    parts = [audio.crop(LATE, LATE + 4), audio.crop(LATE + 4, LATE + 4.1), audio.crop(LATE + 4.1, audio.end)]
    answers = [list(answer) for answer in subject.engine.transcribe_batch(parts, subject.options)]
    assert len(answers) == len(parts), "one answer for each"
    for part, segments in zip(parts, answers, strict=True):
        _inside(segments, part)
    assert list(subject.engine.transcribe_batch([], subject.options)) == []


def check_a_stream_settles_what_it_said(subject: Subject) -> None:
    """A streaming recognizer's updates keep their ids, and each segment ends with a final one."""
    if not isinstance(subject.engine, StreamingRecognizer):
        pytest.skip("it does not stream")
    updates = _updates(subject, spoken(subject.spec.sample_rate, start=LATE), 0.2)
    newest = {update.segment.id: update for update in updates}
    assert newest, "it heard nothing in speech"
    assert all(update.final for update in newest.values()), "a segment was never settled"
    settled = set()
    for update in updates:
        assert update.segment.id not in settled, "a settled segment changed"
        if update.final:
            settled.add(update.segment.id)


def _updates(subject: Subject, audio: Audio, seconds: float) -> list[SegmentUpdate]:
    updates = through(subject.engine.open(subject.options), audio.chunks(seconds))
    for update in updates:
        assert isinstance(update, SegmentUpdate), f"{update!r} is no SegmentUpdate"
        assert update.segment.id, "an update needs its segment's id"
        assert update.target is None, "a recognizer does not translate"
    _inside([update.segment for update in updates], audio)
    return updates


def _inside(segments: list[Segment], audio: Audio) -> list[Segment]:
    for segment in segments:
        assert isinstance(segment, Segment), f"{segment!r} is no Segment"
        assert isinstance(segment.text, str), segment
        lies_in(segment, audio)
    return segments
