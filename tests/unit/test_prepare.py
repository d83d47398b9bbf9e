"""Sound made ready: each engine by what it is for, the stage around them, and the sound that comes out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import (
    Audio,
    AudioChunk,
    AudioError,
    ConfigError,
    Context,
    EngineSpec,
    Event,
    Kind,
    Lab,
    Params,
    Samples,
    Session,
    SpeechStarted,
    hookimpl,
    media,
)
from speechlab.builtin.prepare.cards import (
    ENGINES,
    HighpassOptions,
    LoudnessOptions,
    TrimOptions,
)
from speechlab.builtin.prepare.limiter import Limiter
from speechlab.cli.app import speechlab
from speechlab.soundcheck.loudness import Loudness
from speechlab.stages import LIFTS, Making
from speechlab.types import HeardChunk

RATES = (8_000, 11_025, 44_100, 96_000)


class Double:
    """A preparer of a plugin: twice as loud; it counts its sessions."""

    opened: list[Audio] = []  # noqa: RUF012  # the first chunk of each session, of all

    def __init__(self, params: Params, context: Any) -> None:
        self._first = True

    def open(self, options: Params) -> Double:
        return Double(options, None)

    def feed(self, audio: Audio) -> Iterator[Audio]:
        if self._first:
            self.opened.append(audio)
        self._first = False
        yield Audio(audio.samples * 2, audio.sample_rate, audio.start)

    def flush(self) -> Iterator[Audio]:
        yield from ()


class Hush(Double):
    """A denoiser that halves."""

    def open(self, options: Params) -> Hush:
        return Hush(options, None)

    def feed(self, audio: Audio) -> Iterator[Audio]:
        yield Audio(audio.samples / 2, audio.sample_rate, audio.start)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="double", kind=Kind.PREPARE, load=Double))
        register(EngineSpec(id="hush", kind=Kind.DENOISE, load=Hush, sample_rate=48_000))


@pytest.fixture
def lab() -> Iterator[Lab]:
    Double.opened.clear()
    with Lab(Plugin(), discover=False) as lab:
        yield lab


def session(id: str, **options: Any) -> Session[Audio, Audio]:
    card = next(card for card in ENGINES if card.id == id)
    engine = card.create(card.params(), cast(Context, None))
    return cast("Session[Audio, Audio]", engine.open(card.options(**options)))


def fed(one: Session[Audio, Audio], chunks: Iterable[Audio]) -> Audio:
    """All that a session gives, which follows without a hole; an empty sound where it gives none."""
    parts = [part for chunk in chunks for part in one.feed(chunk)] + list(one.flush())
    for earlier, later in pairwise(parts):
        assert later.start == pytest.approx(earlier.end, abs=1e-6)
    return Audio.join(parts) if parts else Audio(np.zeros((1, 0)), 16_000)


def cut(audio: Audio, lengths: list[int]) -> Iterator[Audio]:
    """The sound in chunks of so many samples, and the rest as one."""
    edges = [*np.minimum(np.cumsum([0, *lengths]), audio.frames).tolist(), audio.frames]
    for first, last in pairwise(edges):
        yield Audio(audio.samples[:, first:last], audio.sample_rate, audio.start + first / audio.sample_rate)


def sine(seconds: float, rate: int = 16_000, hertz: float = 1000.0, level: float = 0.1) -> Samples:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def hiss(seconds: float, rate: int = 16_000, level: float = 0.1, channels: int = 1) -> Samples:
    noise = np.random.default_rng(7).normal(scale=level, size=(channels, round(seconds * rate)))
    return cast(Samples, noise.clip(-1, 1).astype(np.float32))


def lufs(audio: Audio) -> float:
    from pyloudnorm import Meter

    return float(Meter(audio.sample_rate).integrated_loudness(audio.samples.T.astype(np.float64)))


def true_peak(audio: Audio) -> float:
    """In dBFS, by another resampler than the limiter's."""
    return float(20 * np.log10(np.abs(unclipped(audio, 8 * audio.sample_rate)).max()))


def unclipped(audio: Audio, rate: int) -> Any:
    import soxr

    return soxr.resample(audio.samples.T, audio.sample_rate, rate, quality="VHQ")


# -- however it is cut -----------------------------------------------------------------------------------------------

TALK = np.concatenate(
    [np.zeros((2, 4000)), hiss(1.0, channels=2), np.zeros((2, 3000)), hiss(0.6, channels=2) * 3], axis=1
)


@settings(max_examples=25, deadline=None)
@given(
    id=st.sampled_from([card.id for card in ENGINES]),
    rate=st.sampled_from(RATES),
    lengths=st.lists(st.integers(0, 9000), max_size=12),
)
def test_the_same_comes_out_however_it_is_cut(id: str, rate: int, lengths: list[int]) -> None:
    audio = Audio(TALK.astype(np.float32), rate, 3.0)
    options = {"window": 1.0, "target_lufs": -10.0} if id == "loudness" else {}
    whole, pieces = (fed(session(id, **options), chunks) for chunks in ([audio], cut(audio, lengths)))
    assert pieces.start == pytest.approx(whole.start)
    assert pieces.sample_rate == whole.sample_rate
    np.testing.assert_allclose(pieces.samples, whole.samples, atol=1e-6)


@pytest.mark.parametrize("id", [card.id for card in ENGINES])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", RATES)
def test_short_and_silent_sound_has_an_answer_too(id: str, channels: int, rate: int) -> None:
    for seconds in (0.0, 0.0001, 0.1, 2.0):
        out = fed(session(id), Audio(np.zeros((channels, round(seconds * rate))), rate).chunks(0.05))
        assert np.abs(out.samples).sum() == 0
        assert out.duration <= seconds + 0.001


# -- resample, mix down ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_resampled_sound_is_the_same_sound_at_the_same_time(rate: int) -> None:
    audio = Audio(np.stack([sine(2, 44_100), sine(2, 44_100, 500)]), 44_100, 5.0)
    out = fed(session("resample", rate=rate), audio.chunks(0.3))
    assert (out.sample_rate, out.channels, out.start) == (rate, 2, 5.0)
    assert out.duration == pytest.approx(2, abs=2e-4)
    middle = slice(rate // 10, -rate // 10)
    np.testing.assert_allclose(out.samples[0, middle], sine(out.frames / rate, rate)[middle], atol=1e-3)


def test_channels_are_mixed_or_one_is_taken() -> None:
    audio = Audio(np.array([[0.2, 0.4], [0.4, 0.0]]), 16_000)
    np.testing.assert_allclose(fed(session("mixdown"), [audio]).samples, [[0.3, 0.2]])
    np.testing.assert_allclose(fed(session("mixdown", channel=1), [audio]).samples, [[0.4, 0.0]])
    with pytest.raises(AudioError, match="the sound has 2 channels, so there is no channel 2"):
        fed(session("mixdown", channel=2), [audio])


# -- high-pass -------------------------------------------------------------------------------------------------------


def level(samples: Any) -> float:
    """Root mean square in dB, but for the first half second, in which a filter settles."""
    return float(10 * np.log10(np.square(samples[..., samples.shape[-1] // 4 :]).mean()))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(
    ("hertz", "order", "left"), [(20, 4, -48), (80, 4, -3), (80, 2, -3), (20, 2, -24), (300, 4, 0)]
)
def test_what_lies_below_is_taken_away_as_steeply_as_asked_for(rate: int, hertz: int, order: int, left: float) -> None:
    audio = Audio(sine(2, rate, hertz), rate)
    out = fed(session("highpass", order=order), audio.chunks(0.1))
    assert level(out.samples) - level(audio.samples) == pytest.approx(left, abs=0.7)


def test_an_offset_is_gone_from_the_first_sample_on() -> None:
    audio = Audio(np.full((2, 16_000), 0.5), 16_000)
    assert np.abs(fed(session("highpass"), audio.chunks(0.1)).samples).max() < 1e-6


# -- loudness --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("before", [0.002, 0.05])
@pytest.mark.parametrize("target", [-30.0, -23.0])
def test_a_short_recording_is_as_loud_as_wanted_by_one_gain(rate: int, before: float, target: float) -> None:
    audio = Audio(np.concatenate([hiss(4, rate, before, 2), np.zeros((2, 3 * rate))], axis=1), rate)
    out = fed(session("loudness", target_lufs=target), audio.chunks(0.7))
    assert lufs(out) == pytest.approx(target, abs=0.05)
    assert out.frames == audio.frames
    loud = np.abs(audio.samples) > 1e-4
    ratio = out.samples[loud] / audio.samples[loud]
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=1e-4)


@pytest.mark.parametrize("window", [0, 6])
def test_a_long_recording_of_two_levels_is_evened_out_unless_it_is_measured_whole(window: float) -> None:
    quiet, loud = hiss(20, level=0.01), hiss(20, level=0.1)
    audio = Audio(np.concatenate([quiet, loud], axis=1), 16_000, 7.0)
    out = fed(session("loudness", window=window), audio.chunks(0.9))
    assert (out.start, out.frames) == (7.0, audio.frames)
    first, last = lufs(out.crop(7, 20)), lufs(out.crop(34, 47))
    assert last == pytest.approx(-23, abs=0.3)
    assert last - first == pytest.approx(0 if window else 20, abs=0.3)
    gain = 20 * np.log10(np.abs(out.samples[0]) / np.abs(audio.samples[0]).clip(1e-9) + 1e-9)
    heard = gain[np.abs(audio.samples[0]) > 1e-3]
    assert np.abs(np.diff(heard)).max() < 0.1  # it moves without a step


def test_what_goes_before_decides_where_nobody_may_wait() -> None:
    audio = Audio(hiss(30, level=0.01), 16_000)
    one = session("loudness", look_ahead=False)
    for chunk in audio.chunks(0.1):
        for part in one.feed(chunk):
            end = part.end
        assert chunk.end < 0.2 or chunk.end - end <= 0.03
    out = fed(session("loudness", look_ahead=False), audio.chunks(0.1))
    assert lufs(out.crop(0, 0.9)) == pytest.approx(lufs(audio.crop(0, 0.9)), abs=0.1)  # nothing is known yet
    assert lufs(out.crop(15, 30)) == pytest.approx(-23, abs=0.2)


def test_noise_alone_is_not_made_louder_without_end() -> None:
    audio = Audio(hiss(3, level=1e-3), 16_000)
    out = fed(session("loudness", most_gain_db=6), [audio])
    assert lufs(out) - lufs(audio) == pytest.approx(6, abs=0.05)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2])
def test_no_peak_goes_beyond_the_limit_not_even_between_samples(rate: int, channels: int) -> None:
    clap = hiss(4, rate, 0.003, channels)
    clap[:, 2 * rate : 2 * rate + rate // 50] = 0.9 * np.sign(clap[:, 2 * rate : 2 * rate + rate // 50])
    # A quarter of the rate, an eighth of a turn late: its samples all lie 3 dB under its peaks.
    between = np.sqrt(0.5) * np.sign(np.sin(np.pi / 2 * np.arange(2 * rate) + np.pi / 4)) * np.ones((channels, 1))
    for samples in (clap, 0.05 * between, 1.4 * between):
        out = fed(session("loudness", target_lufs=-10, peak_dbfs=-2), Audio(samples, rate).chunks(0.33))
        inner = Audio(out.samples[:, rate // 10 : -rate // 10], rate)
        assert true_peak(inner) < -2 + 0.6  # what a meter of four times the rate may miss close to half the rate
        assert out.frames == samples.shape[1]


def test_a_limiter_leaves_alone_what_is_soft_and_comes_back_without_a_click() -> None:
    rate = 16_000
    sound = np.stack([sine(3, rate, 200, 0.4), sine(3, rate, 200, 0.1)]).astype(np.float64)
    sound[:, rate : rate + 800] *= 2.4
    limiter = Limiter(rate, 2, 0.5)
    out = np.concatenate([limiter.feed(sound[:, :5000]), limiter.feed(sound[:, 5000:]), limiter.flush()], axis=1)
    assert out.shape == sound.shape
    np.testing.assert_array_equal(out[:, : rate - 400], sound[:, : rate - 400])
    np.testing.assert_array_equal(out[:, 2 * rate :], sound[:, 2 * rate :])
    with np.errstate(invalid="ignore"):
        gain = np.where(np.abs(sound[0]) > 0.01, out[0] / sound[0], np.nan)
        place = (out[0] / out[1])[np.abs(out[1]) > 0.001]
    assert np.nanmin(gain) == pytest.approx(0.5 / 0.96, rel=0.01)
    assert np.nanmax(np.abs(np.diff(gain))) < 0.01
    np.testing.assert_allclose(place, 4, rtol=1e-4)  # the speaker stays where he is


@given(lengths=st.lists(st.integers(0, 2000), max_size=8))
@settings(deadline=None, max_examples=25)
def test_a_limiter_gives_as_much_as_it_is_fed(lengths: list[int]) -> None:
    sound = hiss(1, 16_000, 0.5).astype(np.float64)
    whole = Limiter(16_000, 1, 0.5)
    expected = np.concatenate([whole.feed(sound), whole.flush()], axis=1)
    limiter, at, out = Limiter(16_000, 1, 0.5), 0, []
    for length in [*lengths, sound.shape[1]]:
        out.append(limiter.feed(sound[:, at : at + length]))
        at += length
    np.testing.assert_allclose(np.concatenate([*out, limiter.flush()], axis=1), expected, atol=1e-12)
    assert np.abs(expected).max() <= 0.5 + 1e-9


def test_loudness_between_two_times_is_that_of_the_sound_there() -> None:
    audio = Audio(np.concatenate([hiss(3, level=0.1), hiss(3, level=0.01)], axis=1), 16_000)
    meter = Loudness(16_000, 1)
    for chunk in audio.chunks(0.25):
        meter.feed(chunk.samples)
    assert meter.integrated() == pytest.approx(lufs(audio), abs=0.001)
    assert meter.integrated(3.5, 5.5) == pytest.approx(lufs(audio.crop(3.5, 5.5)), abs=0.05)
    before = meter.integrated(4)
    meter.forget(3.2)
    assert meter.integrated(4) == before
    assert meter.integrated(5.8) is None


# -- trim ------------------------------------------------------------------------------------------------------------

ROOM = hiss(30, level=0.001)[0]
"""A quiet room, at -60 dBFS."""


def talking(*spans: tuple[float, float], seconds: float = 10.0, rate: int = 16_000, start: float = 0.0) -> Audio:
    """Sound in a quiet room."""
    samples = ROOM[: round(seconds * rate)].copy()
    for first, last in spans:
        samples[round(first * rate) : round(last * rate)] += sine(last - first, rate)
    return Audio(samples, rate, start)


def test_silence_around_is_left_out_and_silence_in_between_stays_as_it_was() -> None:
    audio = talking((2.0, 3.0), (6.0, 7.0), start=100.0)
    out = fed(session("trim"), audio.chunks(0.5))
    assert out.start == pytest.approx(101.7, abs=0.021)
    assert out.end == pytest.approx(107.3, abs=0.021)
    np.testing.assert_array_equal(out.samples, audio.crop(out.start, out.end).samples)


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        ({"pad": 0}, 2.0, 7.0),
        ({"pad": 5}, 0.0, 10.0),
        ({"leading": False}, 0.0, 7.3),
        ({"trailing": False}, 1.7, 10.0),
        ({"leading": False, "trailing": False}, 0.0, 10.0),
        ({"threshold_dbfs": -70}, 0.0, 10.0),
        ({"longest": 1}, 1.7, 9.0),
    ],
)
def test_what_is_trimmed_is_what_is_asked_for(options: dict[str, Any], start: float, end: float) -> None:
    audio = talking((2.0, 3.0), (6.0, 7.0))
    out = fed(session("trim", **options), audio.chunks(0.5))
    assert (out.start, out.end) == (pytest.approx(start, abs=0.021), pytest.approx(end, abs=0.021))
    np.testing.assert_array_equal(out.samples, audio.crop(out.start, out.end).samples)


def test_a_click_is_no_sound_and_a_sound_may_fade() -> None:
    samples = talking((2.0, 3.0)).samples[0].copy()
    samples[8000:8100] = 0.5
    samples[-8000:-7900] = 0.5
    fading = np.linspace(0.1, 0.002, 16_000) * sine(1, level=1)  # down to -57 dBFS, less than the threshold
    samples[48_000:64_000] = fading
    out = fed(session("trim", pad=0), Audio(samples, 16_000).chunks(0.5))
    assert (out.start, out.end) == (pytest.approx(2.0, abs=0.021), pytest.approx(4.0, abs=0.021))


def test_an_offset_is_silent_and_one_channel_is_enough() -> None:
    audio = talking((2.0, 3.0))
    stereo = Audio(np.stack([ROOM[: audio.frames] + 0.3, audio.samples[0] - 0.2]), 16_000)
    out = fed(session("trim"), stereo.chunks(0.5))
    assert (out.channels, out.start, out.end) == (2, pytest.approx(1.7, abs=0.021), pytest.approx(3.3, abs=0.021))


def test_speech_to_the_last_sample_is_whole() -> None:
    audio = Audio(sine(1.005), 16_000)
    out = fed(session("trim", pad=0), audio.chunks(0.3))
    np.testing.assert_array_equal(out.samples, audio.samples)


def test_of_silence_nothing_is_left(lab: Lab) -> None:
    out = list(lab.sound({"stage": [{"use": "prepare/trim"}]}, Audio(np.zeros((2, 44_100)), 44_100, 3.0)))
    assert [(part.frames, part.channels, part.sample_rate, part.start) for part in out] == [(0, 2, 44_100, 3.0)]


def test_an_hour_of_silence_in_the_middle_takes_no_more_memory_than_ten_minutes() -> None:
    one = session("trim", longest=60)
    quiet = Audio(np.zeros((1, 160_000)), 16_000)
    list(one.feed(Audio(sine(10), 16_000)))
    tracemalloc.start()
    try:
        given = sum(part.frames for _ in range(60) for part in one.feed(Audio(quiet.samples.copy(), 16_000)))
        assert tracemalloc.get_traced_memory()[1] < 12e6
    finally:
        tracemalloc.stop()
    assert given == pytest.approx(16_000 * 540, abs=16_000)


# -- as a stage ------------------------------------------------------------------------------------------------------


def stage(events: Iterable[Event], heard: bool = False) -> list[Event]:
    class Loaded(SimpleNamespace):
        def exclusive(self) -> Any:
            from contextlib import nullcontext

            return nullcontext()

    loaded = Loaded(engine=Double(Params(), None))
    making = Making(cast(Any, loaded), Params(), Params(), heard=heard)
    return list(LIFTS[Kind.PREPARE].make(making)(events))


def test_it_works_on_the_sound_for_the_ear_where_the_tracks_are_parted() -> None:
    audio, other = Audio(np.full((1, 4), 0.1), 16_000), SpeechStarted(0.0)
    raw, heard, told = stage([AudioChunk(audio), HeardChunk(audio), other], heard=True)
    assert cast(AudioChunk, raw).audio is audio
    assert isinstance(heard, HeardChunk)
    np.testing.assert_allclose(heard.audio.samples, 0.2)
    assert told is other
    raw, heard = stage([AudioChunk(audio), HeardChunk(audio)])
    np.testing.assert_allclose(cast(AudioChunk, raw).audio.samples, 0.2)
    assert cast(HeardChunk, heard).audio is audio


def test_where_rate_channels_or_time_jump_a_new_session_begins() -> None:
    Double.opened.clear()
    one, two = Audio(np.zeros((1, 1600)), 16_000), Audio(np.zeros((2, 1600)), 16_000, 0.1)
    faster, later = Audio(np.zeros((2, 4800)), 48_000, 0.2), Audio(np.zeros((2, 4800)), 48_000, 9.0)
    close = Audio(np.zeros((2, 4800)), 48_000, 9.101)
    stage([AudioChunk(audio) for audio in (one, two, faster, later, close)])
    assert [audio.start for audio in Double.opened] == [0.0, 0.1, 0.2, 9.0]


def test_samples_that_are_no_numbers_are_gone_for_good(lab: Lab) -> None:
    samples = np.stack([sine(3), sine(3)])
    samples[0, 100:200], samples[1, 5000] = np.nan, np.inf
    for card in ENGINES:
        stages = {"stage": [{"use": card.name}]}
        for out in (lab.sound(stages, Audio(samples, 16_000)), stage_of(lab, stages, Audio(samples, 16_000))):
            whole = Audio.join(out)
            assert np.isfinite(whole.samples).all()
            assert np.abs(whole.samples[:, -8000:]).max() > 0.01


def stage_of(lab: Lab, stages: dict[str, Any], audio: Audio) -> list[Audio]:
    events = lab.stream(stages, audio.chunks(0.1))
    return [event.audio for event in events if isinstance(event, AudioChunk)]


def test_live_a_trimmer_ends_nothing_and_loudness_waits_for_nothing(lab: Lab) -> None:
    audio = talking((2.0, 3.0), seconds=10)
    out = Audio.join(stage_of(lab, {"stage": [{"use": "prepare/trim"}]}, audio))
    assert (out.start, out.end) == (pytest.approx(1.7, abs=0.021), pytest.approx(10))
    heard = iter(lab.stream({"stage": [{"use": "prepare/loudness"}]}, endless()))
    assert all(isinstance(next(heard), AudioChunk) for _ in range(100))


def endless() -> Iterator[Audio]:
    for number in range(400):
        yield Audio(hiss(0.1), 16_000, number / 10)
    raise AssertionError("it waited")


def test_a_transcript_keeps_the_times_of_the_recording(lab: Lab) -> None:
    audio = talking((2.0, 4.0), (6.0, 7.5), seconds=10)
    stages = [{"use": "prepare/trim"}, {"use": "vad/energy"}, {"use": "asr/toy"}]
    trimmed, whole = (lab.run({"stage": stages[skip:]}, audio).transcript for skip in (0, 1))
    assert len(trimmed.segments) == len(whole.segments) == 2
    for one, other in zip(trimmed, whole, strict=True):
        assert (one.start, one.end) == (pytest.approx(other.start, abs=0.05), pytest.approx(other.end, abs=0.25))


# -- the sound that comes out ----------------------------------------------------------------------------------------


def test_only_preparing_changes_rate_channels_and_length(lab: Lab) -> None:
    audio = Audio(np.stack([talking((2.0, 3.0)).samples[0]] * 2), 16_000, 4.0)

    def shape(*uses: str | dict[str, Any]) -> tuple[int, int, float, float]:
        stages = [{"use": use} if isinstance(use, str) else use for use in uses]
        out = Audio.join(lab.sound({"stage": stages}, audio))
        return out.sample_rate, out.channels, round(out.start, 1), round(out.duration, 1)

    eight = {"use": "prepare/resample", "rate": 8_000}
    assert shape("denoise/hush") == (16_000, 2, 4.0, 10.0)
    assert shape("prepare/highpass", "denoise/hush", "prepare/double") == (16_000, 2, 4.0, 10.0)
    assert shape(eight, "denoise/hush") == (8_000, 2, 4.0, 10.0)
    assert shape("denoise/hush", eight) == (8_000, 2, 4.0, 10.0)
    assert shape("denoise/hush", "prepare/mixdown", "prepare/trim", "denoise/hush") == (16_000, 1, 5.7, 1.6)
    assert shape("denoise/hush", "prepare/mixdown", "denoise/hush", "vad/energy") == (16_000, 1, 4.0, 10.0)


def test_each_step_hears_what_the_one_before_it_made(lab: Lab) -> None:
    audio = Audio(sine(2), 16_000)
    out = Audio.join(lab.sound({"stage": [{"use": "prepare/double"}, {"use": "denoise/hush"}]}, audio))
    assert out.frames == audio.frames
    np.testing.assert_allclose(out.samples[:, 800:-800], audio.samples[:, 800:-800], atol=1e-3)
    assert set(lab.trace().stages) == {"prepare/double", "denoise/hush"}  # type: ignore[union-attr]


def test_memory_does_not_grow_with_the_length(lab: Lab, tmp_path: Path) -> None:
    stages = [{"use": "prepare/highpass"}, {"use": "prepare/trim"}, {"use": "prepare/loudness", "window": 10}]

    def peak(minutes: int) -> int:
        path = tmp_path / f"{minutes}.flac"
        media.write((Audio(hiss(10), 16_000) for _ in range(6 * minutes)), path)
        tracemalloc.start()
        try:
            for _ in lab.sound({"stage": stages}, path):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(6) < 1.2 * peak(1)


@pytest.mark.parametrize(
    "wrong", [{"use": "prepare/highpass", "hz": 5000}, {"use": "prepare/resample", "rate": 10}, {"use": "prepare/wat"}]
)
def test_what_cannot_be_meant_is_refused(lab: Lab, wrong: dict[str, Any]) -> None:
    with pytest.raises((ConfigError, Exception), match=r"hz|rate|wat"):
        lab.sound({"stage": [wrong]}, Audio(sine(1), 16_000))


def test_defaults_are_those_of_the_field() -> None:
    assert (HighpassOptions().hz, HighpassOptions().order) == (80, 4)
    assert (LoudnessOptions().target_lufs, LoudnessOptions().peak_dbfs) == (-23, -1)
    assert TrimOptions().leading


# -- the command -----------------------------------------------------------------------------------------------------


def test_denoise_prepares_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init = Lab.__init__
    monkeypatch.setattr(Lab, "__init__", lambda self, *args, **how: init(self, Plugin(), *args, discover=False, **how))
    rumble = 0.2 * np.sin(2 * np.pi * 20 * np.arange(160_000) / 16_000)
    media.write(Audio(talking((2.0, 5.0)).samples + rumble, 16_000), tmp_path / "a.wav")

    def call(*args: str) -> Any:
        base = ["denoise", str(tmp_path / "a.wav"), "--engine", "hush", "--out", str(tmp_path / "d")]
        return CliRunner().invoke(speechlab, [*base, *args])

    done = call("--trim", "--loudness", "-20", "--highpass", "150")
    assert done.exit_code == 0, done.output
    out = media.decode(tmp_path / "d" / "a.wav")
    assert out.duration == pytest.approx(3.6, abs=0.05)
    assert lufs(out) == pytest.approx(-20, abs=0.1)
    told = call("--loudness", "5")
    assert told.exit_code == 2
    assert "target_lufs" in told.output
    assert "--recognise" not in CliRunner().invoke(speechlab, ["denoise", "--engine", "hush", "--help"]).output
