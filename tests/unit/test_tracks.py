"""Two tracks: what is recognised stays as it was, to the sample; what is for the ear lies on the same timeline."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    AsrOptions,
    Audio,
    AudioChunk,
    EngineSpec,
    Event,
    HeardChunk,
    Kind,
    Lab,
    Params,
    Policy,
    Recording,
    Segment,
    SegmentUpdate,
    Session,
    SynthesisChunk,
    Word,
    hookimpl,
)
from speechlab.pieces import Piece, cut
from speechlab.runner import Run
from speechlab.stages.better import confidence, kept
from speechlab.types.codec import from_json, to_json
from tests.doubles import RATE, Half

LOUD = 0.4


class Late:
    """Halves all of the sound at its end."""

    def __init__(self, params: Params, context: Any) -> None: ...

    def open(self, options: Params) -> Late:
        self.parts: list[Audio] = []
        return self

    def feed(self, audio: Audio) -> Iterator[Audio]:
        self.parts.append(audio)
        yield from ()

    def flush(self) -> Iterator[Audio]:
        for part in self.parts:
            yield Audio(part.samples / 2, part.sample_rate, part.start)


class Ear:
    """Writes down how loud it is, and is as sure of it as it is told to be of raw and of clean sound."""

    sure: Callable[[Audio, bool], float | None] = staticmethod(lambda audio, clean: 0.5)
    heard: ClassVar[list[bool]] = []
    fails = 0

    def __init__(self, params: Params, context: Any) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        loudest = float(np.abs(audio.samples).max())
        if Ear.fails:
            Ear.fails -= 1
            raise RuntimeError("out of memory")
        clean = loudest < 0.75 * LOUD
        Ear.heard.append(clean)
        sure = Ear.sure(audio, clean)
        text = "clean" if clean else "raw"
        words = () if sure is None else (Word(audio.start, audio.end, text=text, confidence=sure),)
        if sure != 0:
            yield Segment(audio.start, audio.end, text=text, words=words, language="en")


class Streaming:
    """The same as it streams: one final update for all that a session heard."""

    def __init__(self, params: Params, context: Any) -> None: ...

    def open(self, options: AsrOptions) -> Session[Audio, SegmentUpdate]:
        class Hearing:
            def __init__(self) -> None:
                self.parts: list[Audio] = []

            def feed(self, audio: Audio) -> Iterator[SegmentUpdate]:
                self.parts.append(audio)
                yield from ()

            def flush(self) -> Iterator[SegmentUpdate]:
                for segment in Ear(Params(), None).transcribe(Audio.join(self.parts), options):
                    yield SegmentUpdate(segment=segment)

        return Hearing()


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="half", kind=Kind.DENOISE, load=Half, lag=0.04))
        register(EngineSpec(id="half-48k", kind=Kind.DENOISE, load=Half, sample_rate=48_000, lag=0.02))
        register(EngineSpec(id="late", kind=Kind.DENOISE, load=Late))
        register(EngineSpec(id="ear", kind=Kind.ASR, load=Ear, options=AsrOptions, window=30.0))
        register(EngineSpec(id="streaming", kind=Kind.ASR, load=Streaming, options=AsrOptions))


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    Half.opened, Ear.heard, Ear.fails = 0, [], 0
    Ear.sure = staticmethod(lambda audio, clean: 0.5)
    with Lab(Plugin(), discover=False, home=home) as made:
        yield made


def talk(seconds: float, rate: int = RATE, start: float = 0.0) -> Audio:
    """A tone of two seconds, then two of silence, again and again."""
    at = np.arange(round(seconds * rate)) / rate
    return Audio((LOUD * np.sin(2 * np.pi * 300 * at) * (at % 4 < 2)).astype(np.float32), rate, start)


def steps(*uses: str, asr: str = "asr/ear", **denoise: Any) -> dict[str, Any]:
    """Denoisers, the first with these values, then a recogniser."""
    stages: list[dict[str, Any]] = [{"use": f"denoise/{use}"} for use in uses]
    stages[0] |= denoise
    return {"stage": [*stages, {"use": asr}]}


def in_pieces(lab: Lab, pipeline: Any, sound: Audio, **how: Any) -> Run:
    run = lab.open(pipeline, sound, **how)
    run.piece_seconds = (8.0, 16.0)
    return run


def track(events: Iterable[Event], of: type[AudioChunk] | type[HeardChunk]) -> list[Audio]:
    return [event.audio for event in events if isinstance(event, of)]


def follow(parts: list[Audio]) -> bool:
    return all(abs(a.end - b.start) < 1e-6 for a, b in pairwise(parts))


# -- the two tracks ------------------------------------------------------------------------------------------------


@given(
    lengths=st.lists(st.integers(1, 9000), min_size=1, max_size=8),
    wet=st.floats(0, 1),
    threads=st.booleans(),
    start=st.floats(0, 100),
    denoisers=st.integers(1, 2),
)
def test_the_raw_track_is_untouched_and_the_other_lies_on_the_same_timeline(
    lengths: list[int], wet: float, threads: bool, start: float, denoisers: int
) -> None:
    noise = np.random.default_rng(sum(lengths)).normal(scale=0.1, size=sum(lengths)).astype(np.float32)
    edges = np.cumsum([0, *lengths])
    chunks = [Audio(noise[a:b], RATE, start + a / RATE) for a, b in pairwise(edges)]
    pipeline = {"stage": [{"use": "denoise/half", "wet": wet}, {"use": "denoise/half"}][:denoisers]}
    with Lab(Plugin(), discover=False) as lab:
        events = list(lab.stream(pipeline, chunks, threads=threads))
    raw, heard = Audio.join(track(events, AudioChunk)), Audio.join(parts := track(events, HeardChunk))
    np.testing.assert_array_equal(raw.samples[0], noise)
    assert (heard.frames, heard.sample_rate) == (raw.frames, raw.sample_rate)
    assert heard.start == pytest.approx(raw.start)
    assert follow(parts)
    left = (1 - wet / 2) / (1 if denoisers == 1 else 2)
    np.testing.assert_allclose(heard.samples, raw.samples * left, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("engine", ["half", "half-48k"])
def test_what_is_recognised_is_what_is_recognised_without_a_denoiser(lab: Lab, engine: str, rate: int) -> None:
    sound = talk(20.0, rate, start=0.0)
    events = list(in_pieces(lab, steps(engine), sound))
    alone = Recording.of(in_pieces(lab, {"stage": [{"use": "asr/ear"}]}, sound))
    recording = Recording.of(events)
    assert [s.text for s in recording.transcript] == [s.text for s in alone.transcript] == ["raw"] * 5
    heard = Audio.join(parts := track(events, HeardChunk))
    assert follow(parts)
    assert heard.duration == pytest.approx(20.0, abs=2 / rate)
    np.testing.assert_allclose(np.abs(heard.samples).max(), LOUD / 2, atol=0.02)
    assert not track(events, AudioChunk) or track(events, AudioChunk)[-1].end == pytest.approx(20.0)


@pytest.mark.parametrize("recognise", ["raw", "better"])
@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_denoiser_of_a_higher_rate_does_not_touch_the_raw_track(lab: Lab, rate: int, recognise: str) -> None:
    """Noise up to the top of the band, which no way through another rate and back would leave as it is."""
    noise = np.random.default_rng(1).normal(scale=0.1, size=6 * rate).astype(np.float32)
    sound = Audio(noise, rate)
    alone = Audio.join(track(lab.open({"stage": [{"use": "asr/ear"}]}, sound), AudioChunk))
    events = list(lab.open(steps("half-48k", recognise=recognise), sound))
    raw, heard = Audio.join(track(events, AudioChunk)), Audio.join(track(events, HeardChunk))
    assert raw.sample_rate == alone.sample_rate == RATE
    np.testing.assert_array_equal(raw.samples, alone.samples)
    assert heard.sample_rate == 48_000
    assert heard.duration == pytest.approx(6.0, abs=1e-3)


@pytest.mark.parametrize(("own", "rate"), [(8_000, 16_000), (16_000, 16_000), (44_100, 44_100), (96_000, 48_000)])
def test_a_recording_is_read_at_no_higher_rate_than_it_has_unless_it_is_recognised_at_that(
    lab: Lab, own: int, rate: int
) -> None:
    assert lab.pipeline(steps("half-48k")).rate_for(own) == rate
    assert lab.pipeline({"stage": [{"use": "asr/ear"}]}).rate_for(own) == 16_000


def test_sound_for_the_ear_comes_at_once_and_only_once(lab: Lab) -> None:
    Ear.fails = 1
    events = list(in_pieces(lab, steps("half"), talk(60.0)))
    heard = track(events, HeardChunk)
    assert follow(heard)
    assert Audio.join(heard).duration == pytest.approx(60.0)
    assert follow(track(events, AudioChunk))
    first = next(number for number, event in enumerate(events) if isinstance(event, AudioChunk))
    assert 20 < track(events[:first], HeardChunk)[-1].end < 30  # as much as was heard until the first piece was cut


def test_clean_sound_in_place_of_the_raw_parts_nothing(lab: Lab) -> None:
    events = list(lab.open(steps("half", recognise="clean"), talk(10.0)))
    assert not track(events, HeardChunk)
    assert {event.segment.text for event in events if isinstance(event, SegmentUpdate)} == {"clean"}


def test_the_sound_itself_is_the_cleaned_one(lab: Lab) -> None:
    for pipeline in ({"stage": [{"use": "denoise/half"}]}, steps("half", recognise="better")):
        out = Audio.join(lab.sound({"stage": pipeline["stage"][:1]}, talk(3.0)))
        np.testing.assert_allclose(out.samples, talk(3.0).samples / 2, atol=1e-6)
    np.testing.assert_allclose(
        lab.denoise(talk(3.0), "half", recognise="raw").samples, talk(3.0).samples / 2, atol=1e-6
    )


def test_speech_is_detected_and_turns_are_told_on_the_raw_track(lab: Lab) -> None:
    pipeline = {"stage": [{"use": "denoise/half"}, {"use": "asr/ear"}, {"use": "diarize/toy"}]}
    events = list(in_pieces(lab, pipeline, talk(40.0)))
    assert Audio.join(track(events, HeardChunk)).duration == pytest.approx(40.0)
    assert Recording.of(events).diarization.speakers


def test_an_event_log_holds_both_tracks() -> None:
    chunk = HeardChunk(talk(0.1, start=3.0))
    again = from_json(to_json(chunk))
    assert isinstance(again, HeardChunk)
    assert (again.audio.start, again.audio.digest) == (3.0, chunk.audio.digest)
    assert Recording.of([chunk]) == Recording()


def test_memory_does_not_grow_with_the_sound_for_the_ear() -> None:
    def events(minutes: int) -> Iterator[Event]:
        for second in range(60 * minutes):
            yield AudioChunk(talk(1.0, start=second))
            yield HeardChunk(talk(1.0, start=second))

    def peak(minutes: int, *, both: bool) -> int:
        tracemalloc.start()
        try:
            for _ in cut(events(minutes), both=both, shortest=20, longest=40):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(8, both=False) < 1.2 * peak(2, both=False)
    assert peak(8, both=True) < 1.2 * peak(2, both=True)
    assert peak(2, both=False) < 0.7 * peak(2, both=True)


@given(lags=st.lists(st.integers(0, 30), min_size=60, max_size=60))
def test_each_piece_holds_its_own_stretch_of_both_tracks(lags: list[int]) -> None:
    events: list[tuple[float, Event]] = []
    late = 0
    for second, lag in enumerate(lags):
        late = max(late, second + lag)
        events += [(second, AudioChunk(talk(1.0, start=second))), (late + 0.5, HeardChunk(talk(1.0, start=second)))]
    pieces = list(
        cut((event for _, event in sorted(events, key=lambda pair: pair[0])), both=True, shortest=8, longest=16)
    )
    assert len([one for one in pieces if isinstance(one, HeardChunk)]) == 60
    some = [one for one in pieces if isinstance(one, Piece)]
    assert some[-1].audio.end == 60
    for piece in some:
        assert piece.heard is not None
        assert (piece.heard.start, piece.heard.frames) == (pytest.approx(piece.audio.start), piece.audio.frames)


# -- what need not be done ---------------------------------------------------------------------------------------------


def test_nobody_hears_a_live_session(lab: Lab) -> None:
    session = lab.live.open(steps("half"))
    session.feed(talk(6.0).mono)
    session.finish()
    session.over.result(20)
    assert Half.opened == 0
    assert session.recording().transcript.text.startswith("raw")
    names = [step.spec.name for step in lab.live.checked(steps("half", recognise="clean")).steps]
    assert names == ["denoise/half", "vad/energy", "asr/ear"]
    assert [s.spec.name for s in lab.live.checked(steps("half", recognise="better")).steps] == ["vad/energy", "asr/ear"]


def test_where_only_text_is_wanted_nothing_is_cleaned_for_the_ear(lab: Lab) -> None:
    assert lab.run(steps("half"), talk(6.0)).transcript.text == "raw raw"
    assert Half.opened == 0


def test_another_denoiser_for_the_ear_does_not_recognise_again(home: Path) -> None:
    Ear.heard, Ear.fails = [], 0
    with Lab(Plugin(), discover=False, home=home, policy=Policy(keep=True)) as lab:
        for wet in (1.0, 0.5):
            list(lab.open(steps("half", wet=wet), talk(4.0)))
        assert len(Ear.heard) == 1
        list(lab.open(steps("half", wet=0.5, recognise="clean"), talk(4.0)))
        assert len(Ear.heard) == 2


# -- the better of two texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asr", ["asr/ear", "asr/streaming"])
@pytest.mark.parametrize(
    ("raw", "clean", "told"),
    [
        (0.5, 0.6, "clean"),
        (0.6, 0.5, "raw"),
        (0.5, 0.5, "raw"),
        (None, None, "raw"),
        (0, 0.5, "clean"),
        (0.5, 0, "raw"),
    ],
)
def test_the_text_is_kept_that_the_recogniser_is_surer_of(
    lab: Lab, raw: float | None, clean: float | None, told: str, asr: str
) -> None:
    Ear.sure = staticmethod(lambda audio, cleaned: clean if cleaned else raw)
    recording = lab.run(steps("half", asr=asr, recognise="better"), talk(4.0))
    assert set(recording.transcript.text.split()) == {told}
    for segment in recording.transcript:
        assert segment.extra["heard"] == told
        assert segment.extra["confidence"] == {"raw": raw or None, "clean": clean or None}
    assert kept(recording.transcript) == {"raw": 0, "clean": 0} | {told: len(recording.transcript)}
    assert sorted(Ear.heard) == [False, True]


def said(text: str, *confidences: float | None, **extra: Any) -> Segment:
    words = tuple(Word(0.0, 1.0, text="w", confidence=one) for one in confidences)
    return Segment(0.0, 1.0, text=text, words=words, extra=extra)


@pytest.mark.parametrize(
    ("segments", "sure"),
    [
        ([], None),
        ([said("one")], None),
        ([said("one two", 0.5, 0.7), said("three", 0.9)], 0.7),
        ([said("one two", 0.5, None)], 0.5),
        ([said("one", 0.5, avg_logprob=-9.0)], 0.5),
        ([said("long" * 2, avg_logprob=-0.1), said("long", avg_logprob=-0.4)], np.exp(-0.2)),
        ([said("", avg_logprob=-0.1)], None),
        ([said("one", avg_logprob=None)], None),
    ],
)
def test_how_sure_a_recogniser_is(segments: list[Segment], sure: float | None) -> None:
    assert confidence(segments) == pytest.approx(sure)


def test_clip_by_clip_each_from_one_track(lab: Lab) -> None:
    Ear.sure = staticmethod(lambda audio, clean: 0.9 if clean == (audio.start > 9) else 0.3)
    events = list(in_pieces(lab, steps("half", recognise="better"), talk(30.0)))
    transcript = Recording.of(events).transcript
    assert {s.text for s in transcript if s.end < 9} == {"raw"}
    assert {s.text for s in transcript if s.start > 9} == {"clean"}
    assert min(kept(transcript).values()) > 0
    heard = track(events, HeardChunk)
    assert follow(heard)
    assert Audio.join(heard).duration == pytest.approx(30.0)


def test_a_loop_is_never_the_better_text(lab: Lab) -> None:
    class Looping(Ear):
        def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
            [segment] = super().transcribe(audio, options)
            if segment.text == "clean":
                words = tuple(Word(audio.start, audio.end, text="so", confidence=0.99) for _ in range(9))
                segment = Segment(audio.start, audio.end, text="so " * 9, words=words)
            yield segment

    spec = EngineSpec(id="looping", kind=Kind.ASR, load=Looping, options=AsrOptions)

    class Also:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            register(spec)

    with Lab(Plugin(), Also(), discover=False) as other:
        recording = other.run(steps("half", asr="asr/looping", recognise="better"), talk(4.0))
    assert recording.transcript.text == "raw"


def test_sound_that_comes_too_late_is_not_waited_for(lab: Lab) -> None:
    Ear.sure = staticmethod(lambda audio, clean: 0.9 if clean else 0.3)
    recording = Recording.of(in_pieces(lab, steps("late", recognise="better"), talk(120.0)))
    early = [s for s in recording.transcript if s.end < 40]
    assert {s.extra["heard"] for s in early} == {"raw"}
    assert {s.extra["heard"] for s in recording.transcript if s.start > 110} == {"clean"}


def test_a_failed_piece_is_tried_again_on_both_tracks(lab: Lab) -> None:
    Ear.fails = 1
    Ear.sure = staticmethod(lambda audio, clean: 0.9 if clean else 0.3)
    pipeline = steps("half", recognise="better")
    pipeline["stage"].append({"use": "translate/toy", "to": "fr"})
    recording = Recording.of(in_pieces(lab, pipeline, talk(30.0)))
    assert {s.text for s in recording.transcript} == {"clean"}
    assert recording.translations["fr"].text.startswith("[fr] clean")


# -- what cannot be meant ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "problems"),
    [
        (steps("half", "half", recognise="better"), []),
        (
            {"stage": [{"use": "denoise/half"}, {"use": "denoise/half", "recognise": "clean"}, {"use": "asr/ear"}]},
            [
                "stage 2 denoise/half hears only what denoise/half made for the ear, which is not recognised; "
                "put recognise = 'clean' there, and not here"
            ],
        ),
        (
            {"stage": [{"use": "denoise/half", "recognise": "better"}]},
            ["stage 1 denoise/half is to keep the better of two texts, but no recogniser comes after it"],
        ),
        (
            {"stage": [{"use": "denoise/half"}, {"use": "convert/toy"}]},
            [
                "stage 2 convert/toy would convert the sound as it was, since denoise/half cleans it for the ear "
                "alone; put recognise = 'clean' there"
            ],
        ),
        ({"stage": [{"use": "denoise/half", "recognise": "clean"}, {"use": "convert/toy"}]}, []),
    ],
)
def test_what_cannot_be_meant_is_said(lab: Lab, stages: dict[str, Any], problems: list[str]) -> None:
    assert lab.pipeline(stages).check() == problems


def test_the_cleaned_voice_is_converted_where_that_is_meant(lab: Lab) -> None:
    converting = {"use": "convert/toy", "voice": "Ada", "consent": "my own voice"}
    events = lab.open({"stage": [{"use": "denoise/half", "recognise": "clean"}, converting]}, talk(4.0))
    made = Audio.join(event.audio for event in events if isinstance(event, SynthesisChunk))
    assert np.abs(made.samples).max() == pytest.approx(LOUD / 2, abs=0.01)
