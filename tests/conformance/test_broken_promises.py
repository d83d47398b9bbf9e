"""Every check can fail: engines that each break one promise are found, and the check says what is wrong."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from speechlab import (
    AsrOptions,
    Audio,
    Consent,
    Diarization,
    EngineSpec,
    Kind,
    Quote,
    Scale,
    Segment,
    SegmentUpdate,
    Span,
    SpeechEnded,
    SpeechScores,
    SpeechStarted,
    SynthesisChunk,
    Transcript,
    Turn,
    TurnUpdate,
    VadOptions,
    Voice,
    Ways,
    Weights,
    Word,
)
from speechlab.builtin.toys import evenly
from speechlab.engines import PROTOCOLS
from speechlab.plugins import Plugins
from speechlab.testing import SocketOpened, Subject
from speechlab.testing import checks as promises

Check = Callable[[Subject], None]


def engine(**verbs: Callable[..., Any]) -> type:
    """A class of engines that answer so."""

    def init(self: Any, params: Any, context: Any) -> None: ...

    return type("Engine", (), {"__init__": init, **{name: staticmethod(answer) for name, answer in verbs.items()}})


@dataclass
class Session:
    """One that answers so."""

    feed: Callable[[Audio], Iterable[Any]]
    flush: Callable[[], Iterable[Any]]


def streaming(
    feed: Callable[[Audio], Iterable[Any]] = lambda audio: (), flush: Callable[[], Iterable[Any]] = lambda: ()
) -> type:
    """A class of engines whose sessions answer so."""
    return engine(open=lambda *asked: Session(feed, flush), interpret=lambda *asked: Session(feed, flush))


def scored(chunks: Iterable[Audio]) -> SpeechScores:
    """Scores as long as the sound."""
    parts = list(chunks)
    return SpeechScores(np.zeros(9), parts[-1].end / 9, parts[0].start, parts[-1].end)


scoring = engine(
    open=lambda *asked: Session(lambda audio: (), lambda: ()),
    scores=scored,
    spans=lambda scores, options: [Span(0.0, 1.0)],
)


def subject(kind: Kind, load: Any, **more: Any) -> Subject:
    return Subject(EngineSpec(**{"id": "x", "kind": kind, "load": load, "license": "MIT", "summary": "Some.", **more}))


def heard(*segments: Segment) -> Callable[[Audio, Any], list[Segment]]:
    return lambda audio, options: [segment.moved(audio.start) for segment in segments]


def told(*updates: SegmentUpdate) -> type:
    """A streaming recognizer that tells these, on the timeline of its first chunk."""
    seen: list[Audio] = []

    def feed(audio: Audio) -> Iterable[SegmentUpdate]:
        seen.append(audio)
        if len(seen) == 1:
            yield from (replace(update, segment=update.segment.moved(audio.start)) for update in updates)

    return streaming(feed)


def aligning(change: Callable[[Segment], Segment]) -> type:
    return engine(align=lambda audio, given, options: Transcript(tuple(change(evenly(one)) for one in given)))


def far_away(one: Segment) -> Segment:
    """Its words weeks later."""
    return replace(one, words=tuple(Word(1e6, 2e6, text=word.text) for word in one.words))


def cleaning(change: Callable[[Any], Any]) -> type:
    return streaming(lambda audio: [Audio(change(audio.samples), audio.sample_rate, audio.start)])


RNG = np.random.default_rng(1)
GOOD = Voice("good")


def speaking(parts: Callable[[str], Iterable[Any]], voices: Sequence[Any] = (GOOD,)) -> type:
    return engine(voices=lambda: voices, synthesize=lambda text, voice, options: parts(text))


def learning(made: Callable[[Consent], Any], level: float = 0.1) -> type:
    return engine(
        voices=lambda: (GOOD,),
        synthesize=lambda text, voice, options: [sound(0.5, level)],
        clone=lambda reference, consent, options: made(consent),
    )


def remembering(recalled: Callable[[Consent], Any]) -> type:
    """One that learns, and recalls what it is told to."""
    return engine(
        voices=lambda: (GOOD,),
        synthesize=lambda text, voice, options: [sound(0.5)],
        clone=lambda reference, consent, options: replace(GOOD, consent=consent),
        learnt=lambda voice: b"all of it",
        recall=lambda learnt, reference, consent, options: recalled(consent),
    )


def timing(step: float, leaves_out: int = 0) -> type:
    """Half a second of sound, in which a word is said after each ``step``."""

    def timed(text: str, *asked: Any) -> Iterable[SynthesisChunk]:
        words = text.split()[leaves_out:]
        told = (Word(n * step, (n + 1) * step, text=word) for n, word in enumerate(words))
        yield SynthesisChunk(audio=sound(0.6), words=tuple(told))

    return engine(voices=lambda: (GOOD,), synthesize=lambda *asked: [sound(0.6)], synthesize_timed=timed)


def sound(seconds: float, level: float = 0.1) -> Audio:
    return Audio(np.full(round(seconds * 16_000), level, np.float32), 16_000)


def updated(id: str = "a", *, start: float = 0.0, text: str = "hello", **more: Any) -> SegmentUpdate:
    return SegmentUpdate(segment=Segment(start, start + 1.0, text=text, id=id), **more)


HELLO = Segment(0.0, 1.0, text="hello", language="en")
NUMPY = Segment(np.float32(0.0), np.float32(1.0), text="hello")  # type: ignore[arg-type]
COUNT = iter(range(10**6))

BROKEN: dict[str, tuple[Check, Subject, str]] = {
    # the card
    "no licence": (promises.check_card_is_complete, subject(Kind.TEXT, engine(), license=""), "SPDX"),
    "no licence of the weights": (
        promises.check_card_is_complete,
        subject(Kind.TEXT, engine(), weights=(Weights(id="w", files=["a"]),)),
        "weights_license",
    ),
    "a live value that nothing takes": (
        promises.check_live_values_hold,
        subject(Kind.ASR, engine(), options=AsrOptions, live={"comit": "time-stable"}),
        "did you mean 'commit'",
    ),
    "a live value out of bounds": (
        promises.check_live_values_hold,
        subject(Kind.ASR, engine(), options=AsrOptions, live={"interval": -1}),
        "interval",
    ),
    # recognizers
    "segments at zero": (
        promises.check_segments_lie_in_the_sound,
        subject(Kind.ASR, engine(transcribe=lambda audio, options: [HELLO])),
        "is not inside",
    ),
    "nothing is heard": (
        promises.check_segments_lie_in_the_sound,
        subject(Kind.ASR, engine(transcribe=heard())),
        "it heard nothing",
    ),
    "segments out of order": (
        promises.check_segments_lie_in_the_sound,
        subject(Kind.ASR, engine(transcribe=heard(HELLO.moved(3), HELLO))),
        "not in the order of time",
    ),
    "numbers of numpy": (
        promises.check_answers_are_plain_values,
        subject(Kind.ASR, engine(transcribe=lambda audio, options: [NUMPY])),
        "is a float32: give a Python float",
    ),
    "another answer each time": (
        promises.check_same_sound_same_answer,
        subject(Kind.ASR, engine(transcribe=lambda audio, options: [replace(HELLO, text=str(next(COUNT)))])),
        "==",
    ),
    "no words": (
        promises.check_words_lie_in_their_segment,
        subject(Kind.ASR, engine(transcribe=heard(HELLO)), features=frozenset({"word_times"})),
        "no segment has words",
    ),
    "words elsewhere": (
        promises.check_words_lie_in_their_segment,
        subject(
            Kind.ASR,
            engine(transcribe=heard(replace(HELLO, words=(Word(2.0, 3.0, text="hello"),)))),
            features=frozenset({"word_times"}),
        ),
        "is not inside",
    ),
    "no language": (
        promises.check_tells_the_language,
        subject(
            Kind.SPEECH_TRANSLATE,
            engine(translate_speech=lambda audio, to, options: [replace(HELLO, language=None)]),
            features=frozenset({"language_id"}),
        ),
        "language",
    ),
    "a batch that answers once": (
        promises.check_a_batch_answers_for_each,
        subject(
            Kind.ASR, engine(transcribe=heard(HELLO), transcribe_batch=lambda audios, options: [[]] if audios else [])
        ),
        "one answer for each",
    ),
    "never settled": (
        promises.check_a_stream_settles_what_it_said,
        subject(Kind.ASR, told(updated(final=False))),
        "was never settled",
    ),
    "settled and changed": (
        promises.check_a_stream_settles_what_it_said,
        subject(Kind.ASR, told(updated(), updated(text="bye"))),
        "a settled segment changed",
    ),
    "updates without an id": (
        promises.check_a_stream_settles_what_it_said,
        subject(Kind.ASR, told(updated(id=""))),
        "needs its segment's id",
    ),
    "updates before the sound": (
        promises.check_a_stream_settles_what_it_said,
        subject(Kind.ASR, told(updated(start=-50.0))),
        "is not inside",
    ),
    # detectors
    "no speech in speech": (promises.check_finds_speech, subject(Kind.VAD, streaming()), r"it found 0\.00 s"),
    "speech in silence": (
        promises.check_hears_nothing_in_silence,
        subject(Kind.VAD, streaming(lambda audio: [SpeechStarted(audio.start), SpeechEnded(audio.end)])),
        "==",
    ),
    "chunks are taken for speech": (
        promises.check_chunks_make_no_difference,
        subject(Kind.VAD, streaming(lambda audio: [SpeechStarted(audio.start), SpeechEnded(audio.end - 0.001)])),
        "in one piece",
    ),
    "two starts": (
        promises.check_survives_odd_sounds,
        subject(Kind.VAD, streaming(lambda audio: [SpeechStarted(audio.start)])),
        "do not take turns",
    ),
    "stretches that overlap": (
        promises.check_survives_odd_sounds,
        subject(Kind.VAD, streaming(lambda audio: [SpeechStarted(audio.start), SpeechEnded(audio.end + 0.1)])),
        "stretches overlap",
    ),
    "an end from nowhere": (
        promises.check_survives_an_empty_stream,
        subject(Kind.VAD, streaming(flush=lambda: [SpeechEnded(0.0)])),
        "==",
    ),
    "scores that explain another speech": (
        promises.check_scores_explain_the_speech,
        subject(Kind.VAD, scoring, options=VadOptions),
        "makes",
    ),
    # denoisers
    "silence instead of speech": (
        promises.check_keeps_speech_audible,
        subject(Kind.DENOISE, cleaning(np.zeros_like)),
        r"0\.0% of the energy",
    ),
    "noise instead of speech": (
        promises.check_keeps_speech_audible,
        subject(Kind.DENOISE, cleaning(lambda samples: RNG.normal(scale=0.1, size=samples.shape))),
        "it correlates by",
    ),
    "half is lost": (
        promises.check_keeps_the_timeline,
        subject(Kind.DENOISE, cleaning(lambda samples: samples[:, ::2])),
        "not as long as",
    ),
    "no numbers": (
        promises.check_survives_odd_sounds,
        subject(Kind.DENOISE, cleaning(lambda samples: np.full_like(samples, np.nan))),
        "no numbers",
    ),
    "cut to pieces": (
        promises.check_cleans_alike_however_it_is_cut,
        subject(Kind.DENOISE, cleaning(lambda samples: samples * (1 if samples.shape[1] > 99_999 else -1))),
        "it sounds otherwise",
    ),
    "noise as it was": (
        promises.check_takes_noise_away,
        subject(Kind.DENOISE, cleaning(lambda samples: samples)),
        r"from 3\.4 to 4\.3 s, 100% of the noise is left",
    ),
    "another rate": (
        promises.check_keeps_the_timeline,
        subject(Kind.DENOISE, streaming(lambda audio: [Audio(audio.samples, 8_000, audio.start)])),
        "another sample rate",
    ),
    "nothing": (promises.check_keeps_the_timeline, subject(Kind.DENOISE, streaming()), "nothing came out"),
    "later than it says": (
        promises.check_lags_as_its_card_says,
        subject(Kind.DENOISE, streaming(), lag=0.5),
        r"behind; its card says 0\.5",
    ),
    "sooner than it says": (
        promises.check_lags_as_its_card_says,
        subject(Kind.DENOISE, cleaning(lambda samples: samples), lag=0.5),
        r"its card says 0\.5 s, and it is at most 0\.000 s",
    ),
    "a hiss": (
        promises.check_leaves_silence_silent,
        subject(Kind.DENOISE, cleaning(lambda samples: samples + 0.01)),
        r"as loud as 0\.0100 out of silence",
    ),
    "loud sound lost": (
        promises.check_survives_damaged_sound,
        subject(Kind.DENOISE, cleaning(lambda samples: samples * (np.abs(samples).max() < 0.9))),
        "of overdriven sound, it correlates by",
    ),
    # preparers
    "nothing prepared": (
        promises.check_keeps_what_is_heard_in_its_time,
        subject(Kind.PREPARE, streaming()),
        "of speech at 8000 Hz, nothing came out",
    ),
    "heard later": (
        promises.check_keeps_what_is_heard_in_its_time,
        subject(Kind.PREPARE, cleaning(lambda samples: np.roll(samples, 1000, axis=1))),
        "it correlates by",
    ),
    "late on the timeline": (
        promises.check_keeps_what_is_heard_in_its_time,
        subject(Kind.PREPARE, streaming(lambda audio: [Audio(audio.samples, audio.sample_rate, audio.start + 1)])),
        "is not inside",
    ),
    "stereo lost on the way": (
        promises.check_prepares_alike_however_it_is_cut,
        subject(Kind.PREPARE, streaming(lambda audio: [audio, audio.channel(0)])),
        "its channels change",
    ),
    "half a chunk": (
        promises.check_survives_odd_sounds,
        subject(Kind.PREPARE, cleaning(lambda samples: samples[:, ::2])),
        "there is a hole",
    ),
    "beyond full scale": (
        promises.check_survives_odd_sounds,
        subject(Kind.PREPARE, cleaning(lambda samples: samples * 100)),
        "louder than full scale",
    ),
    "loud by the chunk": (
        promises.check_prepares_alike_however_it_is_cut,
        subject(Kind.PREPARE, cleaning(lambda samples: samples / (np.abs(samples).max() + 0.1))),
        "it sounds otherwise",
    ),
    "a hum": (
        promises.check_makes_no_sound_of_silence,
        subject(Kind.PREPARE, cleaning(lambda samples: samples + 0.01)),
        r"as loud as 0\.0100 out of silence",
    ),
    # diarizers
    "nobody's turn": (
        promises.check_turns_lie_in_the_sound,
        subject(Kind.DIARIZE, engine(diarize=lambda a, o: Diarization((Turn(a.start, a.end, speaker=""),)))),
        "has no speaker",
    ),
    "a turn elsewhere": (
        promises.check_turns_lie_in_the_sound,
        subject(Kind.DIARIZE, engine(diarize=lambda a, o: Diarization((Turn(0.0, 1.0, speaker="A"),)))),
        "is not inside",
    ),
    "a list of turns": (
        promises.check_turns_lie_in_the_sound,
        subject(Kind.DIARIZE, engine(diarize=lambda a, o: [Turn(a.start, a.end, speaker="A")])),
        "is no Diarization",
    ),
    "nobody speaks": (
        promises.check_turns_lie_in_the_sound,
        subject(Kind.DIARIZE, engine(diarize=lambda audio, options: Diarization())),
        "it heard nobody",
    ),
    "turns without ids": (
        promises.check_a_stream_settles_its_turns,
        subject(Kind.DIARIZE, streaming(lambda a: [TurnUpdate(turn=Turn(a.start, a.end, speaker="A"))])),
        "needs its turn's id",
    ),
    "turns never settled": (
        promises.check_a_stream_settles_its_turns,
        subject(
            Kind.DIARIZE,
            streaming(lambda a: [TurnUpdate(turn=Turn(a.start, a.end, speaker="A", id="t"), final=False)]),
        ),
        "a turn was never settled",
    ),
    "no voice, though the card says so": (
        promises.check_knows_a_voice_again,
        subject(Kind.DIARIZE, engine(diarize=lambda a, o: Diarization()), features={"voices"}),
        "has no embed",
    ),
    "no voice, though the card tells its scale": (
        promises.check_knows_a_voice_again,
        subject(Kind.TTS, engine(voices=list, synthesize=lambda t, v, o: []), likeness=Scale(0.9, 0.5)),
        "has no embed",
    ),
    "a voice of any length": (
        promises.check_knows_a_voice_again,
        subject(
            Kind.DIARIZE,
            engine(diarize=lambda a, o: Diarization(), embed=lambda a, o: a.mono[:9].copy()),
            features={"voices"},
        ),
        "has length 1, not",
    ),
    "the voice of silence": (
        promises.check_knows_a_voice_again,
        subject(
            Kind.DIARIZE,
            engine(diarize=lambda a, o: Diarization(), embed=lambda a, o: np.eye(3)[0]),
            features={"voices"},
        ),
        "silence has a voice",
    ),
    # aligners
    "words far away": (promises.check_aligns_what_it_is_given, subject(Kind.ALIGN, aligning(far_away)), "not inside"),
    "words in reverse": (
        promises.check_aligns_what_it_is_given,
        subject(Kind.ALIGN, aligning(lambda one: replace(one, words=one.words[::-1]))),
        "not in the order of time",
    ),
    "a word is lost": (
        promises.check_aligns_what_it_is_given,
        subject(Kind.ALIGN, aligning(lambda one: replace(one, words=one.words[1:]))),
        "came back as",
    ),
    "no words are aligned": (
        promises.check_aligns_what_it_is_given,
        subject(Kind.ALIGN, aligning(lambda one: replace(one, words=()))),
        "got no words",
    ),
    "other ids": (
        promises.check_aligns_what_it_is_given,
        subject(Kind.ALIGN, aligning(lambda one: replace(one, id=""))),
        "==",
    ),
    "a list of segments": (
        promises.check_survives_odd_sounds,
        subject(Kind.ALIGN, engine(align=lambda audio, given, options: list(given))),
        "is no Transcript",
    ),
    # texts
    "empty texts are dropped": (
        promises.check_processes_one_for_one,
        subject(Kind.TEXT, engine(process=lambda texts, languages, options: [text for text in texts if text])),
        "7 texts became",
    ),
    "an entity elsewhere": (
        promises.check_annotates_in_json,
        subject(
            Kind.TEXT,
            engine(
                annotate=lambda texts, languages, options: [
                    {"entities": [{"kind": "PERSON", "start": 1, "end": 2, "text": "J", "score": 1.0}]} for _ in texts
                ]
            ),
        ),
        "is not in",
    ),
    "a sentence is lost": (
        promises.check_splits_into_what_is_there,
        subject(Kind.TEXT, engine(split=lambda texts, languages, options: [text.split(". ")[:1] for text in texts])),
        "became",
    ),
    "nothing for a smile": (
        promises.check_translates_one_for_one,
        subject(Kind.TRANSLATE, engine(translate=lambda texts, source, to, options: [text or None for text in texts])),
        "not all are texts",
    ),
    "a tag is too much for it": (
        promises.check_translates_odd_texts,
        subject(
            Kind.TRANSLATE, engine(translate=lambda texts, source, to, options: [t for t in texts if "<" not in t])
        ),
        "10 texts became 9",
    ),
    "the rest of a long text is gone": (
        promises.check_translates_long_texts_whole,
        subject(Kind.TRANSLATE, engine(translate=lambda texts, source, to, options: [text[:30] for text in texts])),
        "of 395 characters 'There were 21 people in the ga' is left",
    ),
    "a language in no standard": (
        promises.check_tells_its_ways,
        subject(Kind.TRANSLATE, engine(), ways=lambda params, context: [Ways(("eng_Latn",), ("fr",))]),
        "'eng_Latn' is written 'en'",
    ),
    "another pair than it translates": (
        promises.check_tells_its_ways,
        subject(Kind.TRANSLATE, engine(), languages=("en", "pt")),
        "does not translate into 'fr'",
    ),
    "a language taken for another": (
        promises.check_refuses_a_language_that_it_lacks,
        subject(
            Kind.TRANSLATE, engine(translate=lambda texts, source, to, options: list(texts)), languages=("en", "fr")
        ),
        "DID NOT RAISE",
    ),
    # voices
    "whoever asks": (
        promises.check_refuses_an_unknown_voice,
        subject(Kind.TTS, speaking(lambda text: [sound(0.5)])),
        "a voice that it does not have",
    ),
    "always as long": (
        promises.check_speaks_with_each_of_its_voices,
        subject(Kind.TTS, speaking(lambda text: [sound(0.5)])),
        "takes no longer",
    ),
    "silent speech": (
        promises.check_speaks_with_each_of_its_voices,
        subject(Kind.TTS, speaking(lambda text: [sound(0.1 * len(text), level=0.0)])),
        "nothing can be heard",
    ),
    "two voices of one id": (
        promises.check_speaks_with_each_of_its_voices,
        subject(Kind.TTS, speaking(lambda text: [sound(0.1 * len(text))], voices=(GOOD, GOOD))),
        "two voices have one id",
    ),
    "too loud": (
        promises.check_speaks_whatever_is_written,
        subject(Kind.TTS, speaking(lambda text: [sound(0.1, level=2.0)])),
        r"samples lie in \[-1, 1\]",
    ),
    "bare samples": (
        promises.check_speaks_whatever_is_written,
        subject(Kind.TTS, speaking(lambda text: [np.zeros(9)])),
        "is no Audio",
    ),
    "a price on the card alone": (
        promises.check_tells_its_price,
        subject(Kind.TTS, speaking(lambda text: [sound(0.5)]), features={"priced"}),
        "who has a quote",
    ),
    "a price for other texts": (
        promises.check_tells_its_price,
        subject(
            Kind.TTS,
            engine(voices=lambda: (GOOD,), synthesize=None, quote=lambda text, options: Quote("A service", 1)),
            features={"priced"},
        ),
        "other characters",
    ),
    "cloning on the card alone": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, speaking(lambda text: [sound(0.5)]), features={"cloning"}),
        "has no clone",
    ),
    "cloning that the card hides": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, learning(lambda consent: Voice("new", consent=consent))),
        "its card has one of the features",
    ),
    "consent lost": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, learning(lambda consent: Voice("good")), features={"cloning"}),
        "another consent than was given: None",
    ),
    "learnt and forgotten": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, learning(lambda consent: Voice("new", consent=consent)), features={"voice_matching"}),
        "does not list the voice",
    ),
    "another voice is recalled": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, remembering(lambda consent: Voice("other")), features={"cloning"}),
        "another voice than it has learnt",
    ),
    "rubbish is recalled": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, remembering(lambda consent: replace(GOOD, consent=consent)), features={"cloning"}),
        "DID NOT RAISE",
    ),
    "a learnt voice that is silent": (
        promises.check_learns_a_voice,
        subject(Kind.TTS, learning(lambda consent: Voice("good", consent=consent), 0.0), features={"cloning"}),
        "nothing can be heard of the voice",
    ),
    "times on the card alone": (
        promises.check_tells_when_words_are_said,
        subject(Kind.TTS, speaking(lambda text: [sound(0.5)]), features={"word_times"}),
        "is that of a TimedSynthesizer",
    ),
    "words beyond the sound": (
        promises.check_tells_when_words_are_said,
        subject(Kind.TTS, timing(0.5), features={"word_times"}),
        "is not inside",
    ),
    "a word left out": (
        promises.check_tells_when_words_are_said,
        subject(Kind.TTS, timing(0.05, leaves_out=1), features={"word_times"}),
        "other words than those of the text",
    ),
    "a converter that says nothing": (
        promises.check_keeps_the_length,
        subject(Kind.CONVERT, engine(convert=lambda a, v, o: [Audio(np.zeros_like(a.samples), a.sample_rate)])),
        r"0\.0% of the energy",
    ),
    "a converter that hurries": (
        promises.check_keeps_the_length,
        subject(Kind.CONVERT, engine(convert=lambda a, v, o: [Audio(a.samples[:, ::2], a.sample_rate)])),
        "not about as long",
    ),
    # interpreters
    "nothing is interpreted": (
        promises.check_interprets_a_stream,
        subject(Kind.INTERPRET, streaming()),
        "nothing was said in 'en'",
    ),
    "None for an answer": (
        promises.check_interprets_a_stream,
        subject(Kind.INTERPRET, streaming(flush=lambda: [None])),
        "None is neither",
    ),
    "another language": (
        promises.check_interprets_a_stream,
        subject(Kind.INTERPRET, streaming(flush=lambda: [updated(start=101.0, target="xx")])),
        "it was asked for 'en', not for 'xx'",
    ),
    "sound of no segment": (
        promises.check_survives_odd_sounds,
        subject(Kind.INTERPRET, streaming(flush=lambda: [SynthesisChunk(audio=sound(0.1), segment_id="z")])),
        "a segment 'z' that it never told of",
    ),
}


@pytest.mark.parametrize(("check", "subject", "because"), BROKEN.values(), ids=BROKEN)
def test_a_broken_promise_is_found(check: Check, subject: Subject, because: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception), match=because):
        check(subject)


def test_every_check_of_an_answer_is_shown_to_fail() -> None:
    shown = {check for check, _, _ in BROKEN.values()}
    elsewhere = {  # below, in this file
        promises.check_announcing_is_cheap,
        promises.check_every_knob_has_help,
        promises.check_speaks_the_protocol,
        promises.check_opens_no_socket,
        promises.check_gives_itself_back,
        promises.check_a_batch_of_sessions_hears_the_same,
    }
    assert shown | elsewhere == {*promises.COMMON, *(check for checks in promises.CHECKS.values() for check in checks)}


def crash(*asked: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("kind", "load"),
    [
        (Kind.ASR, engine(transcribe=crash)),
        (Kind.SPEECH_TRANSLATE, engine(translate_speech=crash)),
        (Kind.VAD, streaming(crash)),
        (Kind.PREPARE, streaming(crash)),
        (Kind.DENOISE, streaming(crash)),
        (Kind.DIARIZE, engine(diarize=crash)),
        (Kind.ALIGN, engine(align=crash)),
        (Kind.CONVERT, engine(convert=crash)),
        (Kind.INTERPRET, streaming(crash)),
    ],
)
def test_whatever_hears_is_given_odd_sounds(kind: Kind, load: type) -> None:
    with pytest.raises(ZeroDivisionError):
        promises.check_survives_odd_sounds(subject(kind, load))


@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_an_engine_can_do_is_watched_for_sockets(kind: Kind) -> None:
    def call(*asked: Any) -> Any:
        socket.getaddrinfo("example.org", 80)

    verbs = {
        verb: (lambda *asked: Session(call, tuple)) if verb == "open" else call
        for protocol in PROTOCOLS[kind]
        for verb in vars(protocol)
        if not verb.startswith("_")
    }
    for verb, answer in verbs.items():
        others: dict[str, Any] = {other: lambda *asked: () for other in verbs if other not in (verb, "open")}
        with pytest.raises(SocketOpened, match=r"example\.org"):
            promises.check_opens_no_socket(subject(kind, engine(**{**others, verb: answer})))


class Kept:
    """A text processor, and where instances of it may be kept."""

    shelf: ClassVar[list[Any]] = []

    def __init__(self, params: Any, context: Any) -> None: ...

    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        return list(texts)


class KeptAtOnce(Kept):
    def __init__(self, params: Any, context: Any) -> None:
        self.shelf.append(self)


class KeptAtWork(Kept):
    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        self.shelf.append(self)
        return list(texts)


class Slotted:
    __slots__ = ("params",)

    def __init__(self, params: Any, context: Any) -> None:
        self.params = params

    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        return list(texts)


class SlottedKept(Slotted):
    __slots__ = ()

    def __init__(self, params: Any, context: Any) -> None:
        super().__init__(params, context)
        Kept.shelf.append(self)


@pytest.mark.parametrize("kept", [KeptAtOnce, KeptAtWork, SlottedKept])
def test_what_keeps_an_engine_in_memory_is_found(kept: type) -> None:
    try:
        with pytest.raises(AssertionError, match="still holds it"):
            promises.check_gives_itself_back(subject(Kind.TEXT, kept))
    finally:
        Kept.shelf.clear()
        gc.collect()


def test_an_engine_without_weak_references_is_no_failure() -> None:
    promises.check_gives_itself_back(subject(Kind.TEXT, Kept))
    promises.check_gives_itself_back(subject(Kind.TEXT, Slotted))


def test_a_batch_of_sessions_that_mixes_them_up_is_found() -> None:
    class Mixed:
        def __init__(self, params: Any, context: Any) -> None: ...

        def open(self, options: Any) -> Any:
            return Session(lambda audio: (), lambda: ())

        def feed_batch(self, sessions: Any, chunks: Any) -> Any:
            return [[SpeechStarted(0.0)] for _ in sessions]

    with pytest.raises(AssertionError, match="=="):
        promises.check_a_batch_of_sessions_hears_the_same(subject(Kind.VAD, Mixed))


def test_what_is_no_engine_of_its_kind_is_found() -> None:
    with pytest.raises(Exception, match="is no TextProcessor"):
        promises.check_speaks_the_protocol(subject(Kind.TEXT, engine()))


def test_a_parameter_without_help_and_one_told_twice_are_found() -> None:
    class Silent(AsrOptions):
        quiet: bool = True

    class Twice(AsrOptions):
        guard: bool = True
        """The host has one of this name."""

    with pytest.raises(AssertionError, match="quiet"):
        promises.check_every_knob_has_help(subject(Kind.ASR, engine(), options=Silent))
    with pytest.raises(AssertionError, match="several models"):
        promises.check_every_knob_has_help(subject(Kind.ASR, engine(), options=Twice))


@pytest.mark.parametrize(("imports", "heavy"), [("json", False), ("librosa", True)])
def test_a_heavy_plugin_in_one_file_is_found(
    imports: str, heavy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "librosa.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "heavy-plugin.py"
    path.write_text(
        f"""
import {imports}
import speechlab as sl

@sl.hookimpl
def register_engines(register):
    register(sl.EngineSpec(id="heavy", kind=sl.Kind.TEXT, load="heavy-plugin:Engine"))
""",
        encoding="utf-8",
    )
    one = Subject(Plugins(path, discover=False).engine(Kind.TEXT, "heavy"))
    if heavy:
        with pytest.raises(AssertionError, match=r"imports \['librosa'\]"):
            promises.check_announcing_is_cheap(one)
    else:
        promises.check_announcing_is_cheap(one)
