"""What every engine promises, as small named checks; each is a test of its own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from ..engines import (
    BatchRecognizer,
    BatchSpeechDetector,
    Diarizer,
    Kind,
    Recognizer,
    Session,
    SpeechDetector,
    StreamingDiarizer,
    StreamingRecognizer,
)
from ..stages import LIFTS
from ..types import (
    Audio,
    Segment,
    SegmentUpdate,
    Span,
    SpeechEnded,
    SpeechStarted,
    Transcript,
)
from ..types.codec import segment_to_json
from .sockets import no_sockets
from .sounds import music, noise, silence, spoken, tone
from .subject import Subject

Check = Callable[[Subject], None]
HEAVY = ("torch", "tensorflow", "jax", "onnxruntime", "ctranslate2", "transformers", "gradio", "scipy", "librosa")
LATE = 100.0
"""Where on the timeline a recording may as well begin."""
SLACK = 0.25
"""Seconds by which an engine may round a time."""


# -- every engine ------------------------------------------------------------------------------------------------------


def check_announcing_is_cheap(subject: Subject) -> None:
    """Importing the plugin, as the host does to read its card, must not import a model library."""
    load = subject.spec.load
    if not isinstance(load, str):
        pytest.skip("it was registered with an object, not with a name to import")
    module = load.partition(":")[0]
    package = module.rpartition(".")[0] or module
    code = f"import sys, {package}; print([m for m in {HEAVY!r} if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def check_card_is_complete(subject: Subject) -> None:
    """The card says what people must know before they use the engine."""
    spec = subject.spec
    assert spec.summary, "summary: one sentence on what it is good for"
    assert spec.license, "license: the SPDX name"
    assert spec.install or not spec.requires, "install: what cures a missing package"
    assert spec.local or spec.env, "a cloud engine names the variable that holds its key"


def check_every_knob_has_help(subject: Subject) -> None:
    """Each parameter has a docstring under it, and no name means two things."""
    assert [knob.name for knob in subject.spec.knobs if not knob.help] == []
    models = (subject.spec.params, subject.spec.options, LIFTS[subject.spec.kind].options)
    names = [name for model in models for name in model.model_fields]
    assert sorted(set(names)) == sorted(names), "one name stands in several models"


def check_speaks_the_protocol(subject: Subject) -> None:
    """It loads, and is what its kind asks for."""
    assert subject.engine is not None


def check_opens_no_socket(subject: Subject) -> None:
    """A local engine reaches no other machine, neither loading nor working."""
    if not subject.spec.local:
        pytest.skip("it is a cloud engine")
    with no_sockets():
        engine = subject.fresh()
        _work(subject, engine)


def check_gives_itself_back(subject: Subject) -> None:
    """Once closed and let go of, nothing keeps the engine in memory."""
    engine = subject.fresh()
    gone = weakref.ref(engine)
    getattr(engine, "close", lambda: None)()
    del engine
    gc.collect()
    assert gone() is None


def _work(subject: Subject, engine: Any) -> None:
    """One ordinary call."""
    options, sound = subject.options, spoken(subject.spec.sample_rate).crop(0, 4)
    match subject.spec.kind:
        case Kind.ASR if isinstance(engine, Recognizer):
            list(engine.transcribe(sound, options))
        case Kind.ASR | Kind.VAD | Kind.DENOISE:
            _through(engine.open(options), [sound])
        case Kind.SPEECH_TRANSLATE:
            list(engine.translate_speech(sound, "en", options))
        case Kind.TRANSLATE:
            engine.translate(["Hello."], *_pair(subject), options)
        case Kind.TTS:
            list(engine.synthesize("Hello.", None, options))
        case Kind.TEXT:
            engine.process(["hello"], options)
        case Kind.DIARIZE if isinstance(engine, Diarizer):
            engine.diarize(sound, options)
        case _:
            pass


# -- recognizers -------------------------------------------------------------------------------------------------------


def check_segments_lie_in_the_sound(subject: Subject) -> None:
    """Segments come in the order of time, on the timeline of the sound, and inside it."""
    audio = spoken(subject.spec.sample_rate, start=LATE)
    segments = _recognised(subject, audio)
    assert segments, "it heard nothing in speech"
    for segment in segments:
        assert isinstance(segment, Segment)
        assert audio.start - SLACK <= segment.start <= segment.end <= audio.end + SLACK, segment
    assert segments == sorted(segments, key=lambda segment: segment.start)


def check_words_lie_in_their_segment(subject: Subject) -> None:
    """Where words have times (the feature ``word_times``), they follow each other inside their segment."""
    segments = _recognised(subject, spoken(subject.spec.sample_rate, start=LATE))
    if "word_times" not in subject.spec.features:
        pytest.skip("it does not declare word_times")
    assert any(segment.words for segment in segments)
    for segment in segments:
        assert list(segment.words) == sorted(segment.words, key=lambda word: word.start)
        for word in segment.words:
            assert word.overlap(Span(segment.start - SLACK, segment.end + SLACK)) == pytest.approx(word.duration)
            assert word.confidence is None or 0.0 <= word.confidence <= 1.0


def check_tells_the_language(subject: Subject) -> None:
    """Where it detects the language (the feature ``language_id``), each segment says which."""
    if "language_id" not in subject.spec.features:
        pytest.skip("it does not declare language_id")
    assert all(segment.language for segment in _recognised(subject, spoken(subject.spec.sample_rate)))


def check_answers_are_plain_values(subject: Subject) -> None:
    """Nothing of the model's library is in an answer: it can be written as JSON."""
    for segment in _recognised(subject, spoken(subject.spec.sample_rate)):
        json.dumps(segment_to_json(segment), allow_nan=False)
        assert all(type(time) in (float, int) for time in (segment.start, segment.end))


def check_same_sound_same_answer(subject: Subject) -> None:
    """A broken run that is resumed must give what an unbroken one gives."""
    audio = spoken(subject.spec.sample_rate)
    assert _recognised(subject, audio) == _recognised(subject, audio)


def check_survives_odd_sounds(subject: Subject) -> None:
    """Silence, noise, music, and a tenth of a second: an answer, whatever it is, never a crash."""
    rate = subject.spec.sample_rate
    for sound in (silence(2, rate), noise(2, rate), music(2, rate), tone(0.1, rate), silence(0.02, rate)):
        for segment in _recognised(subject, sound):
            assert sound.start - SLACK <= segment.start <= segment.end <= sound.end + SLACK


def check_a_batch_answers_for_each(subject: Subject) -> None:
    """A batch gives one answer for each stretch, in order, each inside its stretch."""
    if not isinstance(subject.engine, BatchRecognizer):
        pytest.skip("it takes no batches")
    audio = spoken(subject.spec.sample_rate, start=LATE)
    parts = [audio.crop(LATE, LATE + 4), audio.crop(LATE + 4, LATE + 4.1), audio.crop(LATE + 4.1, audio.end)]
    answers = [list(answer) for answer in subject.engine.transcribe_batch(parts, subject.options)]
    assert len(answers) == len(parts)
    for part, segments in zip(parts, answers, strict=True):
        for segment in segments:
            assert part.start - SLACK <= segment.start <= segment.end <= part.end + SLACK
    assert list(subject.engine.transcribe_batch([], subject.options)) == []


def check_a_stream_settles_what_it_said(subject: Subject) -> None:
    """A streaming recognizer's updates keep their ids, and each segment ends with a final one."""
    if not isinstance(subject.engine, StreamingRecognizer):
        pytest.skip("it does not stream")
    audio = spoken(subject.spec.sample_rate, start=LATE)
    updates: list[SegmentUpdate] = _through(subject.engine.open(subject.options), audio.chunks(0.2))
    newest = {update.segment.id: update for update in updates}
    assert newest
    assert all(update.final for update in newest.values())
    settled = set()
    for update in updates:
        assert update.segment.id, "an update needs its segment's id"
        assert update.segment.id not in settled, "a settled segment changed"
        if update.final:
            settled.add(update.segment.id)


def _recognised(subject: Subject, audio: Audio) -> list[Segment]:
    engine, options = subject.engine, subject.options
    if subject.spec.kind is Kind.SPEECH_TRANSLATE:
        return list(engine.translate_speech(audio, "en", options))
    if isinstance(engine, Recognizer):
        return list(engine.transcribe(audio, options))
    updates = _through(engine.open(options), audio.chunks(0.5))
    return [update.segment for update in updates if update.final]


# -- speech detectors --------------------------------------------------------------------------------------------------


def check_finds_speech(subject: Subject) -> None:
    """Three sentences with pauses between them are found where they are."""
    spans = _speech(subject, spoken(subject.spec.sample_rate, start=LATE), 0.5)
    for said in (Span(0.5, 3.1), Span(4.6, 7.7), Span(9.3, 12.0)):
        there = Span(said.start + LATE, said.end + LATE)
        assert sum(span.overlap(there) for span in spans) > 0.8 * said.duration


def check_hears_nothing_in_silence(subject: Subject) -> None:
    """Digital silence is no speech."""
    assert _speech(subject, silence(5, subject.spec.sample_rate), 0.5) == []


def check_chunks_make_no_difference(subject: Subject) -> None:
    """The same spans, however the stream is cut."""
    audio = spoken(subject.spec.sample_rate)
    whole = _speech(subject, audio, 60.0)
    for seconds in (0.03, 0.2, 1.3):
        told = _speech(subject, audio, seconds)
        assert len(told) == len(whole)
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
        alone = _through(engine.open(subject.options), stream.crop(0, cut).chunks(0.2))
        assert [*heard, *session.flush()] == alone


def _speech(subject: Subject, audio: Audio, seconds: float) -> list[Span]:
    events = _through(subject.engine.open(subject.options), audio.chunks(seconds))
    kinds = [type(event) for event in events]
    assert kinds == [SpeechStarted, SpeechEnded] * (len(kinds) // 2), "starts and ends take turns"
    times = [event.at for event in events]
    assert times == sorted(times)
    assert all(audio.start - SLACK <= at <= audio.end + SLACK for at in times)
    return [Span(start, end) for start, end in zip(times[::2], times[1::2], strict=True)]


# -- the other kinds ---------------------------------------------------------------------------------------------------


def check_keeps_the_timeline(subject: Subject) -> None:
    """Cleaned sound is as long as what came in, lies where it lay, and is made of finite numbers."""
    audio = spoken(subject.spec.sample_rate, start=LATE)
    parts = [part for part in _through(subject.engine.open(subject.options), audio.chunks(0.25)) if part.frames]
    cleaned = Audio.join(parts)
    assert cleaned.start == pytest.approx(audio.start, abs=1e-6)
    assert cleaned.duration == pytest.approx(audio.duration, abs=0.02)
    assert np.isfinite(cleaned.samples).all()
    for one, other in pairwise(parts):
        assert one.end == pytest.approx(other.start, abs=1e-3)


def check_turns_lie_in_the_sound(subject: Subject) -> None:
    """Turns are inside the recording, and each has a speaker."""
    audio = spoken(subject.spec.sample_rate, start=LATE)
    engine = subject.engine
    if isinstance(engine, Diarizer):
        turns = list(engine.diarize(audio, subject.options))
    else:
        assert isinstance(engine, StreamingDiarizer)
        turns = [update.turn for update in _through(engine.open(subject.options), audio.chunks(0.5))]
    assert turns
    assert all(turn.speaker for turn in turns)
    assert all(audio.start - SLACK <= turn.start <= turn.end <= audio.end + SLACK for turn in turns)


def check_aligns_what_it_is_given(subject: Subject) -> None:
    """The same segments come back, now with words that have times inside the sound."""
    audio = spoken(subject.spec.sample_rate)
    given = Transcript((Segment(0.5, 3.1, text="The old lighthouse", id="a", language="en"),), "en")
    aligned = subject.engine.align(audio, given, subject.options)
    assert [segment.id for segment in aligned] == ["a"]
    assert [word.text.strip(".,") for segment in aligned for word in segment.words] == ["The", "old", "lighthouse"]


TEXTS = ("Hello.", "", "Two sentences. Indeed, two.", "1234", "¿Qué?", "🙂")


def check_translates_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and nothing comes of nothing."""
    translated = list(subject.engine.translate(list(TEXTS), *_pair(subject), subject.options))
    assert len(translated) == len(TEXTS)
    assert all(isinstance(text, str) for text in translated)
    assert list(subject.engine.translate([], *_pair(subject), subject.options)) == []


def check_processes_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in."""
    assert len(list(subject.engine.process(list(TEXTS), subject.options))) == len(TEXTS)
    assert list(subject.engine.process([], subject.options)) == []


def check_speaks_with_each_of_its_voices(subject: Subject) -> None:
    """It has voices, each with an id of its own, and what they say is sound."""
    voices = subject.engine.voices()
    assert voices
    assert len({voice.id for voice in voices}) == len(voices)
    for voice in (None, *(voice.id for voice in voices[:2])):
        audio = Audio.join(subject.engine.synthesize("Good morning.", voice, subject.options))
        assert 0.1 < audio.duration < 20
        assert np.isfinite(audio.samples).all()
        assert 0 < float(np.abs(audio.samples).max()) <= 1.0


def check_keeps_the_length(subject: Subject) -> None:
    """A converted voice says the same in about the same time."""
    audio = spoken(subject.spec.sample_rate)
    converted = Audio.join(subject.engine.convert(audio, subject.values.get("voice", ""), subject.options))
    assert converted.duration == pytest.approx(audio.duration, rel=0.1)
    assert np.isfinite(converted.samples).all()


def check_interprets_a_stream(subject: Subject) -> None:
    """A stream goes in; something is said in the other language, in sound or in text."""
    target = subject.values.get("to", "en")
    assert _through(subject.engine.open(target, subject.options), spoken(subject.spec.sample_rate).chunks(0.5))


def _through(session: Session[Any, Any], items: Iterable[Any]) -> list[Any]:
    """All that a session answers."""
    answers: list[Any] = []
    for item in items:
        answers.extend(session.feed(item))
    return [*answers, *session.flush()]


def _pair(subject: Subject) -> tuple[str | None, str]:
    """A language pair that the engine can do: chosen by the plugin's author, else English to French."""
    source: str | None = subject.values.get("source", "en")
    return source, subject.values.get("to", "fr")


COMMON: tuple[Check, ...] = (
    check_announcing_is_cheap,
    check_card_is_complete,
    check_every_knob_has_help,
    check_speaks_the_protocol,
    check_opens_no_socket,
    check_gives_itself_back,
)
WITHOUT_LOADING: frozenset[Check] = frozenset(
    {check_announcing_is_cheap, check_card_is_complete, check_every_knob_has_help}
)
HEARING: tuple[Check, ...] = (
    check_segments_lie_in_the_sound,
    check_words_lie_in_their_segment,
    check_tells_the_language,
    check_answers_are_plain_values,
    check_same_sound_same_answer,
    check_survives_odd_sounds,
)
CHECKS: dict[Kind, Sequence[Check]] = {
    Kind.ASR: (*HEARING, check_a_batch_answers_for_each, check_a_stream_settles_what_it_said),
    Kind.SPEECH_TRANSLATE: HEARING,
    Kind.VAD: (
        check_finds_speech,
        check_hears_nothing_in_silence,
        check_chunks_make_no_difference,
        check_a_batch_of_sessions_hears_the_same,
    ),
    Kind.DENOISE: (check_keeps_the_timeline,),
    Kind.DIARIZE: (check_turns_lie_in_the_sound,),
    Kind.ALIGN: (check_aligns_what_it_is_given,),
    Kind.TEXT: (check_processes_one_for_one,),
    Kind.TRANSLATE: (check_translates_one_for_one,),
    Kind.TTS: (check_speaks_with_each_of_its_voices,),
    Kind.CONVERT: (check_keeps_the_length,),
    Kind.INTERPRET: (check_interprets_a_stream,),
}
"""What each kind promises beyond what all promise."""
