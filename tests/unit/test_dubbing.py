"""Dubbing: speech fitted into the times of the original, laid on a track that is exactly as long."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Context,
    EngineFailed,
    EngineSpec,
    EngineUnavailable,
    HeardChunk,
    Kind,
    Lab,
    Params,
    Policy,
    Progress,
    Recording,
    Segment,
    SegmentUpdate,
    SynthesisChunk,
    Transcript,
    TtsOptions,
    Voice,
    hookimpl,
    media,
)
from speechlab.dubbing import Dub, DubOptions
from speechlab.dubbing.levels import CEILING, faded, levelled, trimmed
from speechlab.dubbing.lines import Line, Spool, spoken
from speechlab.dubbing.marking import marked
from speechlab.dubbing.stretching import stretched
from speechlab.dubbing.timing import Fit, Timing
from speechlab.dubbing.track import Placed, laid
from speechlab.dubbing.voicing import Voicing
from speechlab.provenance import label_in
from speechlab.soundcheck.loudness import Loudness

RATE = 24_000


# -- timing ------------------------------------------------------------------------------------------------------------

SECOND = 1000
"""Samples in a second of the timing tests."""
lines = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 4000), st.integers(1, 9000)).map(
        lambda line: (line[0], line[0] + line[1], line[2])
    ),
    max_size=30,
).map(sorted)
options = st.builds(
    DubOptions,
    fastest=st.floats(1, 2),
    slowest=st.floats(0.5, 1),
    borrow=st.floats(0, 3),
    gap=st.sampled_from([0.0, 0.1, 0.5]),
)


def timed(options: DubOptions, lines: list[tuple[int, int, int]], end: int = 20_000) -> list[Fit]:
    timing = Timing(options, SECOND, end)
    following: list[int | None] = [start for start, _, _ in lines[1:]]
    return [timing.fit(*line, then) for line, then in zip(lines, [*following, None], strict=bool(lines))]


@given(options, lines)
def test_speech_never_overlaps_and_stays_within_the_limits(options: DubOptions, lines: list[Any]) -> None:
    fits = timed(options, lines)
    gap = round(options.gap * SECOND)
    for (start, _, frames), fit in zip(lines, fits, strict=True):
        assert fit.first == start + fit.late
        assert fit.late >= 0
        assert fit.frames >= frames / options.fastest
        assert fit.frames <= max(frames, frames / options.slowest)
        assert fit.tempo == pytest.approx(frames / fit.frames)
    for before, after in pairwise(fits):
        assert after.first >= before.last + gap


@given(options, lines)
def test_what_is_late_is_so_because_of_what_was_too_long(options: DubOptions, lines: list[Any]) -> None:
    fits = timed(options, lines)
    for before, after in pairwise(fits):
        assert bool(after.late) <= bool(before.over)
    for fit, (following, _, _) in zip(fits, lines[1:], strict=False):
        if not fit.over:
            assert fit.last <= following - round(options.gap * SECOND)


@given(options, lines)
def test_speech_is_sped_up_only_where_it_must_be(options: DubOptions, lines: list[Any]) -> None:
    gap, borrow = round(options.gap * SECOND), round(options.borrow * SECOND)
    limits = [*(start - gap for start, _, _ in lines[1:]), 20_000]
    for (_, end, frames), fit, limit in zip(lines, timed(options, lines), limits, strict=bool(lines)):
        if fit.frames < frames:
            assert fit.first + frames > min(max(end, fit.first) + borrow, limit), "it would have fitted as it was"
        if fit.frames > frames:
            assert fit.last <= min(end, limit), "it was slowed for more than its own time"


@pytest.mark.parametrize(
    ("frames", "first", "length", "over"),
    [
        (500, 1000, 500, 0),  # too short to fill its second: it stays as it is
        (950, 1000, 1000, 0),  # a little short: it fills its second
        (1000, 1000, 1000, 0),
        (1400, 1000, 1400, 0),  # the pause after it is borrowed
        (2000, 1000, 1500, 0),  # faster, to end when what was borrowed ends
        (2300, 1000, 1704, 0),  # as fast as is allowed, so it takes more of the pause
        (3000, 1000, 2223, 223),  # no room is left
    ],
)
def test_one_line_before_another(frames: int, first: int, length: int, over: int) -> None:
    choice = DubOptions(fastest=1.35, slowest=0.9, borrow=0.5, gap=0)
    one, two = timed(choice, [(1000, 2000, frames), (3000, 4000, 1000)])
    assert (one.first, one.frames, one.over) == (first, length, over)
    assert (two.first, two.late) == (3000 + over, over)


def test_what_is_late_catches_up() -> None:
    fits = timed(DubOptions(gap=0), [(0, 1000, 4000), (1000, 2000, 1200), (2000, 3000, 900), (8000, 9000, 1000)])
    assert [fit.late for fit in fits] == [0, 1963, 1852, 0]
    assert fits[1].tempo == pytest.approx(1.35, abs=0.01)


# -- stretching and levels ---------------------------------------------------------------------------------------------


def tone(seconds: float, hertz: float = 220.0, level: float = 0.3, rate: int = RATE) -> Any:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@given(st.integers(200, 40_000), st.floats(0.5, 2))
def test_stretched_speech_has_the_length_that_was_asked_for(frames: int, tempo: float) -> None:
    wanted = max(1, round(frames / tempo))
    out = stretched(tone(frames / RATE)[:frames], RATE, wanted)
    assert (out.shape, out.dtype) == ((wanted,), np.float32)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("tempo", [0.9, 1.1, 1.35])
def test_stretching_keeps_the_pitch(tempo: float) -> None:
    out = stretched(tone(2.0), RATE, round(2 * RATE / tempo))
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out))))
    assert np.argmax(spectrum) * RATE / len(out) == pytest.approx(220, abs=2)


def test_nothing_is_stretched_where_the_length_is_right() -> None:
    sound = tone(0.5)
    assert stretched(sound, RATE, len(sound)) is sound


def test_silence_around_speech_is_taken_away_and_soft_ends_stay() -> None:
    hush = np.zeros(RATE // 2, np.float32)
    out = trimmed(np.concatenate([hush, tone(1.0), hush]), RATE)
    assert len(out) / RATE == pytest.approx(1.06, abs=0.011)
    assert not len(trimmed(hush, RATE))
    assert not len(trimmed(1e-5 * tone(1.0), RATE))
    assert not len(trimmed(hush[:0], RATE))


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.6, 3.0])
@pytest.mark.parametrize("level", [0.01, 0.1, 0.9])
def test_all_speech_is_equally_loud(seconds: float, level: float) -> None:
    out = levelled(tone(seconds, 1000, level), RATE, -23.0)
    meter = Loudness(RATE, 1)
    meter.feed(np.tile(out, 1 + round(1 / seconds))[None, :])
    assert meter.integrated() == pytest.approx(-23.0, abs=0.5)


def test_peaks_stay_under_the_ceiling() -> None:
    clicks = np.zeros(RATE, np.float32)
    clicks[::4000] = 0.5
    assert np.abs(levelled(clicks, RATE, -10.0)).max() == pytest.approx(CEILING)
    silence = np.zeros(RATE, np.float32)
    assert levelled(silence, RATE, -23.0) is silence


@given(st.integers(0, 3000))
def test_speech_begins_and_ends_at_nothing(frames: int) -> None:
    out = faded(np.ones(frames, np.float32), RATE)
    assert len(out) == frames
    if frames > 1:
        assert out[0] == out[-1] == 0.0
        assert np.abs(np.diff(out, prepend=0.0, append=0.0)).max() <= (0.02 if frames > 2000 else 1.0)


# -- lines and the track -----------------------------------------------------------------------------------------------


def test_a_line_is_all_that_is_said_of_a_segment() -> None:
    parts = [Audio(tone(0.1), RATE), Audio(tone(0.2), RATE), Audio(np.zeros(0, np.float32), RATE)]
    segments = {id: Segment(0, 1, text=id, id=id) for id in "ab"}
    events = [Progress("x", 0.0), *(SynthesisChunk(audio=part, segment_id="a", voice="ann") for part in parts)]
    [line] = spoken(events, segments)
    assert (line.segment.id, line.voice, line.audio.duration) == ("a", "ann", pytest.approx(0.3))


def test_speech_waits_on_the_disk_until_its_order_is_known(tmp_path: Path) -> None:
    with (tmp_path / "spool").open("w+b") as file:
        spool = Spool(file)
        for id, seconds in (("b", 0.2), ("a", 0.1), ("b", 0.3), ("gone", 0.1), ("", 0.1)):
            spool.add(SynthesisChunk(audio=Audio(tone(seconds), RATE, 7.0 * (id == "")), segment_id=id))
        said = {"a": Segment(1, 2, text="", id="a"), "b": Segment(3, 4, text="", id="b")}
        told = [(line.segment.start, line.audio.duration) for line in spool.lines(said)]
        [first, *_] = spool.lines(said)
    assert told == [(1, pytest.approx(0.1)), (3, pytest.approx(0.5)), (7, pytest.approx(0.1))]
    np.testing.assert_array_equal(first.audio.mono, tone(0.1))


def original(*frames: int, channels: int = 1) -> Iterator[Audio]:
    at = 0
    for count in frames:
        yield Audio(np.full((channels, count), 0.5, np.float32), 1000, at / 1000)
        at += count


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=5),
    st.booleans(),
)
def test_however_the_original_is_cut_the_track_is_the_same(
    cuts: list[int], speech: list[tuple[int, int]], keep: bool
) -> None:
    at, placed = 0, []
    for gap, length in speech:
        placed.append(Placed(at + gap, np.full(length, 0.25, np.float32)))
        at = placed[-1].last
    total = sum(cuts)
    pieces = list(laid(original(*cuts), iter(placed), keep_length=keep))
    track = np.concatenate([piece.samples for piece in pieces], axis=1)[0]
    wanted = np.zeros(max([total, *(one.last for one in placed)]), np.float32)
    for one in placed:
        wanted[one.first : one.last] += one.samples
    np.testing.assert_array_equal(track, wanted[:total] if keep else wanted)
    assert all(after.start == pytest.approx(before.end) for before, after in pairwise(pieces))


def test_the_original_is_heard_quietly_underneath_in_all_its_channels() -> None:
    [piece] = laid(original(100, channels=2), [Placed(50, np.full(20, 0.9, np.float32))], 20)
    assert piece.channels == 2
    np.testing.assert_allclose(piece.samples[:, :50], 0.05, atol=1e-6)
    np.testing.assert_allclose(piece.samples[:, 50:70], 0.95, atol=1e-6)


def test_speech_is_asked_for_only_as_the_track_comes_to_it() -> None:
    asked = []

    def speech() -> Iterator[Placed]:
        for number in range(10):
            asked.append(number)
            yield Placed(number * 100, np.ones(10, np.float32))

    pieces = laid(original(*[100] * 10), speech())
    next(pieces)
    assert asked == [0, 1]


@given(st.lists(st.integers(100, 3000), min_size=1, max_size=6), st.integers(1, 100))
def test_the_mark_has_no_seam_and_changes_no_length(cuts: list[int], last: int) -> None:
    cuts = [*cuts, last]
    sound = np.concatenate([piece.samples for piece in original(*cuts)], axis=1)

    asked: list[Audio] = []

    def mark(audio: Audio) -> Audio:  # another mark in each piece, so that a seam would be a step
        asked.append(audio)
        return Audio(audio.samples + 0.1 * len(asked), audio.sample_rate, audio.start)

    pieces = list(marked(original(*cuts), mark))
    added = np.concatenate([piece.samples for piece in pieces], axis=1) - sound
    assert added.shape == sound.shape
    assert np.abs(np.diff(added)).max(initial=0.0) <= 0.1 / 99 + 1e-6
    assert all(after.start == pytest.approx(before.end) for before, after in pairwise(pieces))


# -- the whole ---------------------------------------------------------------------------------------------------------


class Talker:
    """A synthesizer that says each word in 0.3 s, by a tone, with silence around; ``!`` makes it fail."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("ann"), Voice("bob"))

    def synthesize(self, text: str, voice: str | None, options: TtsOptions) -> Iterator[Audio]:
        if "!" in text:
            raise RuntimeError("lost its voice")
        if not text.strip("…"):
            return
        hush = np.zeros(RATE // 5, np.float32)
        hertz = 660.0 if voice == "bob" else 220.0
        yield Audio(np.concatenate([hush, tone(0.3 * len(text.split()) / options.speed, hertz), hush]), RATE)


class Knower:
    """A recogniser that knows beforehand what is said."""

    said: tuple[Segment, ...] = ()

    def __init__(self, params: Params, context: Context) -> None: ...

    def transcribe(self, audio: Audio, options: Any) -> Iterator[Segment]:
        for segment in self.said:
            if audio.start <= segment.start < audio.end:
                yield segment


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="talker", kind=Kind.TTS, load=Talker, options=TtsOptions, languages=("pt", "fr")))
        register(EngineSpec(id="knower", kind=Kind.ASR, load=Knower))


SAID = Transcript(
    (
        Segment(1.0, 2.0, text="one two", id="s1", language="en", speaker="Ada"),
        Segment(3.0, 4.0, text="three four five six", id="s2", language="en", speaker="Bob"),
        Segment(8.0, 9.5, text="seven", id="s3", language="en", speaker="Ada"),
    ),
    "en",
)


@pytest.fixture
def lab() -> Lab:
    return Lab(Plugin(), discover=False, policy=Policy(watermark=False))


@pytest.fixture
def known() -> Recording:
    return Recording(transcript=SAID, duration=10.0)


def sound(seconds: float = 10.0, rate: int = 16_000, channels: int = 1) -> Audio:
    return Audio(np.full((channels, round(seconds * rate)), 0.1, np.float32), rate)


def dub(lab: Lab, recording: Recording, source: Audio | None = None, to: str = "fr", **how: Any) -> Dub:
    translator = None if to in recording.translations else "toy"
    made: Dub = lab.dub(source or sound(), to, translator=translator, recording=recording, **how)
    return made


def levels(track: Audio, *times: float) -> list[float]:
    return [float(np.abs(track.crop(at - 0.04, at + 0.04).samples).max()) for at in times]


def test_each_segment_is_spoken_in_its_time(lab: Lab, known: Recording) -> None:
    made = dub(lab, known)
    track = made.audio()
    assert (track.sample_rate, track.frames, track.channels) == (RATE, 10 * RATE, 1)
    one, two, three = made.report.segments  # the toy puts [fr] before the text: 3, 5 and 2 words
    assert (one.text, one.spoken_start, one.tempo) == (
        "[fr] one two",
        pytest.approx(1.0),
        pytest.approx(0.96, abs=0.01),
    )
    assert (two.spoken_start, two.tempo, two.spoken_end) == (pytest.approx(3.0), 1.0, pytest.approx(4.56, abs=0.02))
    assert (three.spoken_start, three.spoken_end) == (pytest.approx(8.0), pytest.approx(8.66, abs=0.02))
    quiet = levels(track, 0.5, 2.5, 5.0, 7.9, 9.0)
    assert quiet == [0.0] * len(quiet)
    assert min(levels(track, 1.5, 3.5, 4.4, 8.3)) > 0.05
    assert made.report.sentences == ("3 segments spoken",)


def test_each_speaker_has_a_voice(lab: Lab, known: Recording) -> None:
    made = dub(lab, known, voices={"Bob": "bob"})
    made.audio()
    assert [one.voice for one in made.report.segments] == ["ann", "bob", "ann"]


def test_what_does_not_fit_is_told(lab: Lab) -> None:
    said = [Segment(float(n), n + 1.0, text="a b c d e", id=f"s{n}", language="en") for n in range(4)]
    made = dub(lab, Recording(transcript=Transcript(tuple(said)), duration=4.0), sound(4.0))
    track = made.audio()
    assert track.frames == 4 * RATE
    report = made.report
    assert [one.late for one in report.segments] == pytest.approx([0.0, 0.48, 0.96, 1.43], abs=0.01)
    assert len(report.over) == 4
    assert report.cut == pytest.approx(1.71, abs=0.01)
    assert report.sentences[0] == "4 segments spoken, 4 of them faster, by up to 1.35 times"
    assert report.sentences[1].startswith("4 segments too long for the original's time, by up to 1.4 s; what follows")
    assert report.sentences[1].endswith("begins up to 1.4 s late")
    assert "are cut off at the end of the track" in report.sentences[2]
    longer = dub(lab, made.recording, sound(4.0), keep_length=False)
    assert longer.audio().duration == pytest.approx(report.segments[-1].spoken_end)
    assert longer.report.cut == 0.0


def test_what_makes_no_sound_is_told(lab: Lab) -> None:
    said = (Segment(0.0, 1.0, text="…", id="s1"), Segment(2.0, 3.0, text="one", id="s2"))
    own = Recording(transcript=Transcript(said), translations={"fr": Transcript(said, "fr")}, duration=4.0)
    made = dub(lab, own, sound(4.0))
    made.audio()
    assert [one.id for one in made.report.segments] == ["s2"]
    nothing = dub(lab, Recording(duration=4.0), sound(4.0))
    assert not nothing.audio().samples.any()
    assert nothing.report.sentences == ("nothing is spoken: there was nothing to say",)


def test_a_translation_that_is_there_is_spoken_as_it_is(lab: Lab, known: Recording) -> None:
    said = Transcript((Segment(1.0, 2.0, text="deux", id="s1", language="fr"),), "fr")
    made = dub(lab, Recording(transcript=SAID, translations={"fr": said}, duration=10.0))
    made.audio()
    assert [one.text for one in made.report.segments] == ["deux"]
    assert made.passes == 1


def test_what_is_known_is_not_found_out_again(lab: Lab, known: Recording) -> None:
    with pytest.raises(EngineUnavailable, match="translation"):
        lab.dub(sound(), "fr", recording=known)
    with pytest.raises(ConfigError, match="a recording that is known tells or does this itself: recognizer, speakers"):
        lab.dub(sound(), "fr", recording=known, recognizer="toy", speakers=2)
    translated = Recording(transcript=SAID, translations={"fr": SAID}, duration=10.0)
    with pytest.raises(ConfigError, match="a recording that is translated tells or does this itself: translator"):
        lab.dub(sound(), "fr", recording=translated, translator="toy")
    made = lab.dub(sound(), "fr", recording=translated)
    made.audio()
    assert [one.text for one in made.report.segments] == [one.text for one in SAID]


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 2), (44_100, 2), (48_000, 1)])
def test_the_track_is_exactly_as_long(lab: Lab, known: Recording, rate: int, channels: int) -> None:
    source = Audio(np.full((channels, 7 * rate + 123), 0.1, np.float32), rate)
    track = dub(lab, known, source, background=12.0).audio()
    assert (track.sample_rate, track.channels) == (max(rate, RATE), channels)
    assert abs(track.frames - source.frames * track.sample_rate / rate) <= (0 if rate >= RATE else 1)


def test_the_original_is_heard_underneath(lab: Lab, known: Recording) -> None:
    track = dub(lab, known, background=20.0).audio()
    assert levels(track, 0.5, 5.0) == pytest.approx([0.01, 0.01], rel=0.05)


def test_a_recording_that_begins_later_keeps_its_timeline(lab: Lab) -> None:
    later = Recording(transcript=Transcript(tuple(one.moved(100.0) for one in SAID)), duration=110.0)
    made = dub(lab, later, Audio(sound().samples, 16_000, 100.0))
    track = made.audio()
    assert (track.start, track.frames) == (100.0, 10 * RATE)
    assert made.report.segments[0].spoken_start == pytest.approx(101.0)
    assert levels(track, 101.5) > [0.05]


def test_from_sound_to_sound(lab: Lab) -> None:
    Knower.said = SAID.segments
    made = lab.dub(sound(), "fr", translator="toy", recognizer="knower", speed=1.5)
    events = list(made)
    done = [event.done for event in events if isinstance(event, Progress) and event.stage == "piece"]
    assert [round(one, 1) for one in done] == [10.0, 2.0, 4.0, 9.5, 10.0, 10.0]
    assert sum(event.audio.frames for event in events if isinstance(event, HeardChunk)) == 10 * RATE
    assert {event.target for event in events if isinstance(event, SegmentUpdate)} == {None, "fr"}
    assert [one.text for one in made.recording.translations["fr"]] == [f"[fr] {one.text}" for one in SAID]
    assert made.recording.synthesis == ()
    assert (made.passes, made.trace.audio_seconds) == (3, 10.0)
    assert {"asr/knower", "translate/toy", "tts/talker"} <= set(made.trace.stages)


def test_a_pipeline_of_ones_own_is_turned_to_the_language(lab: Lab) -> None:
    Knower.said = tuple(replace(one, speaker=None) for one in SAID)
    stages = [
        {"use": "asr/knower"},
        {"use": "diarize/toy"},
        {"use": "translate/toy", "to": ["en", "es"]},
        {"use": "tts/talker", "track": "es"},
    ]
    made = lab.dub(sound(), "pt", pipeline={"stage": stages}, voices=["ann", "bob"])
    made.audio()
    assert [one.text[:4] for one in made.report.segments] == ["[pt]"] * 3
    assert {one.speaker: one.voice for one in made.report.segments} == {"B": "ann", "A": "bob"}


def test_who_hears_and_speaks_at_once_dubs_too(lab: Lab) -> None:
    made = lab.dub(sound(3.5), "fr", engine="interpret/toy")
    track = made.audio()
    assert track.frames == 3.5 * RATE
    assert made.report.segments[0].text == "3.5 seconds of sound"
    assert made.passes == 2
    assert made.recording.synthesis == ()


def test_a_file_says_that_it_is_synthetic(lab: Lab, known: Recording, tmp_path: Path) -> None:
    path = dub(lab, known, voice="bob").write(tmp_path / "x.flac")
    info = media.probe(path)
    assert info.duration == 10.0
    told = label_in(info.comment)
    assert told is not None
    assert (told.engine, told.voice) == ("tts/talker", "bob")


def test_a_track_is_marked_as_a_whole_whatever_is_heard_underneath(known: Recording, tmp_path: Path) -> None:
    hiss = Audio(np.random.default_rng(1).normal(0, 0.1, (1, 10 * RATE)), RATE)
    with Lab(Plugin(), discover=False) as lab:
        made = dub(lab, known, hiss, background=6.0)
        made.write(tmp_path / "x.wav")
        assert media.probe(tmp_path / "x.wav").duration == 10.0
        assert lab.provenance(tmp_path / "x.wav").marked
        media.write(hiss, tmp_path / "hiss.wav")
        assert not lab.provenance(tmp_path / "hiss.wav").marked


def test_what_cannot_dub_is_refused_in_words(lab: Lab, known: Recording) -> None:
    with pytest.raises(ConfigError, match="nothing speaks in it"):
        lab.dub(sound(), "fr", pipeline='[[stage]]\nuse = "asr/toy"')
    with pytest.raises(ConfigError, match="a pipeline tells or does this itself: translator"):
        lab.dub(sound(), "fr", pipeline='[[stage]]\nuse = "asr/toy"', translator="toy")
    with pytest.raises(ConfigError, match="2 stages speak"):
        lab.dub(sound(), "fr", pipeline={"stage": [{"use": "interpret/toy"}, {"use": "interpret/toy"}]})
    stages = [{"use": "asr/toy"}, {"use": "tts/toy"}, {"use": "diarize/toy"}]
    with pytest.raises(ConfigError, match="diarize/toy comes after tts/toy"):
        lab.dub(sound(), "fr", pipeline={"stage": stages})
    with pytest.raises(ConfigError, match="hears the recording itself"):
        lab.dub(sound(), "fr", engine="interpret/toy", recording=known)
    with pytest.raises(EngineUnavailable, match="knows 'de'") as refused:
        lab.dub(sound(), "de", translator="toy", recognizer="toy")
    assert "it knows fr, pt" in refused.value.hint
    with pytest.raises(ConfigError, match="does not speak 'de'"):
        lab.dub(sound(), "de", engine="talker", translator="toy", recognizer="toy")
    with pytest.raises(ConfigError, match="fastest"):
        lab.dub(sound(), "fr", translator="toy", recognizer="toy", fastest=3.0)
    with pytest.raises(ConfigError, match="no parameter 'fastes'"):
        lab.dub(sound(), "fr", translator="toy", recognizer="toy", fastes=1.0)
    with pytest.raises(AudioError, match="there is no file"):
        list(lab.dub("nowhere.wav", "fr", translator="toy", recognizer="toy"))


def test_a_synthesizer_that_fails_leaves_no_file_and_what_was_heard_is_kept(lab: Lab, tmp_path: Path) -> None:
    Knower.said = (*SAID.segments[:1], Segment(8.0, 9.5, text="no!", id="s3", language="en"))
    media.write(sound(), tmp_path / "a.wav")
    made = lab.dub(tmp_path / "a.wav", "fr", translator="toy", recognizer="knower")
    with pytest.raises(EngineFailed, match="lost its voice"):
        made.write(tmp_path / "x.wav")
    assert not (tmp_path / "x.wav").exists()
    Knower.said = SAID.segments
    again = lab.dub(tmp_path / "a.wav", "fr", translator="toy", recognizer="knower", resume=True)
    with pytest.raises(EngineFailed):
        again.audio()
    assert again.trace.resumed == 1
    anew = lab.dub(tmp_path / "a.wav", "fr", translator="toy", recognizer="knower")
    anew.write(tmp_path / "x.wav")
    assert anew.trace.resumed == 0
    assert len(anew.report.segments) == 3
    assert not list((lab.home / "checkpoints").glob("*/*"))


def test_stopping_stops_everything(lab: Lab, known: Recording) -> None:
    events = iter(dub(lab, known, sound(60.0)))
    next(event for event in events if isinstance(event, HeardChunk))
    events.close()
    assert lab.pool.unload() >= 1
    assert not lab.pool.resident()


def test_memory_does_not_grow_with_the_length(lab: Lab) -> None:
    def peak(minutes: int) -> int:
        said = [Segment(n * 3.0, n * 3 + 2.0, text="a b c", id=f"s{n:06}") for n in range(20 * minutes)]
        lines = (Line(one, Audio(tone(0.9), RATE)) for one in said)
        tracemalloc.start()
        voicing = Voicing(DubOptions(), RATE, 0.0, 60.0 * minutes)
        silent = (Audio(np.zeros(10 * RATE, np.float32), RATE, 10.0 * n) for n in range(6 * minutes))
        for _ in laid(silent, voicing.placed(lines)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(4) < 1.5 * peak(1)
