"""The law of resampling: in whatever chunks, the same samples at the same times."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, media
from speechlab.testing import cut

RATES = st.sampled_from([8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])


def noise(frames: int, rate: int, channels: int = 1, start: float = 0.0) -> Audio:
    samples = np.random.default_rng(frames).uniform(-0.5, 0.5, (channels, frames)).astype(np.float32)
    return Audio(samples, rate, start)


@given(
    frames=st.integers(1, 20_000),
    rates=st.tuples(RATES, RATES),
    sizes=st.lists(st.integers(1, 5_000), min_size=1, max_size=5),
    channels=st.integers(1, 3),
    start=st.floats(0, 1e5),
)
def test_chunks_give_what_the_whole_gives(
    frames: int, rates: tuple[int, int], sizes: list[int], channels: int, start: float
) -> None:
    rate, wanted = rates
    audio = noise(frames, rate, channels, start)
    sizes = [max(size, frames // 50) for size in sizes]
    resampler = media.Resampler(wanted)
    parts = [part for chunk in cut(audio, sizes) for part in resampler.feed(chunk)] + resampler.flush()
    whole = media.resample(audio, wanted)
    assert abs(whole.frames - frames * wanted / rate) <= 1.0
    if parts:
        joined = Audio.join(parts)
        assert np.array_equal(joined.samples, whole.samples)
        assert joined.start == audio.start
        for part, following in itertools.pairwise(parts):
            assert following.start == pytest.approx(part.end, abs=1e-9)
    assert resampler.flush() == []


@pytest.mark.parametrize(("rate", "wanted"), [(44_100, 16_000), (48_000, 16_000), (8_000, 16_000), (24_000, 44_100)])
def test_a_tone_stays_where_it_is_in_time(rate: int, wanted: int) -> None:
    audio = Audio(0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate), rate, start=7.0)
    there = media.resample(audio, wanted)
    assert (there.start, there.sample_rate, there.frames) == (7.0, wanted, wanted)
    middle = slice(wanted // 10, -wanted // 10)
    assert np.abs(there.mono - 0.5 * np.sin(2 * np.pi * 440 * np.arange(wanted) / wanted))[middle].max() < 1e-4


def test_what_cannot_be_heard_at_the_lower_rate_does_not_come_back_as_something_else() -> None:
    audio = Audio(0.5 * np.sin(2 * np.pi * 9_000 * np.arange(44_100) / 44_100), 44_100)
    assert np.abs(media.resample(audio, 16_000).mono[1_000:-1_000]).max() < 1e-4


def test_the_right_rate_passes_through_untouched() -> None:
    audio = noise(100, 16_000, channels=2)
    assert media.resample(audio, 16_000) is audio
    resampler = media.Resampler(16_000)
    assert resampler.feed(audio) == [audio]
    assert resampler.flush() == []
    mono = audio.channel(0)
    assert media.fit(mono, 16_000) is mono


def test_fit_gives_an_engine_one_channel_at_its_rate() -> None:
    audio = noise(48_000, 48_000, channels=2, start=3.0)
    fitted = media.fit(audio, 16_000)
    assert (fitted.channels, fitted.sample_rate, fitted.frames, fitted.start) == (1, 16_000, 16_000, 3.0)
    alone = media.resample(Audio(audio.mono, 48_000, 3.0), 16_000)
    assert fitted.digest == alone.digest


def test_a_chunk_that_does_not_follow_begins_at_its_own_time() -> None:
    resampler = media.Resampler(16_000)
    parts = [
        *resampler.feed(noise(4_800, 48_000)),
        *resampler.feed(noise(4_800, 48_000, start=0.1)),
        *resampler.feed(noise(4_800, 48_000, start=5.0)),
        *resampler.feed(noise(800, 16_000, start=6.0)),
        *resampler.feed(noise(800, 8_000, channels=2, start=6.05)),
        *resampler.flush(),
    ]
    stretches: list[tuple[float, int]] = []
    for part in parts:
        if (
            not stretches
            or abs(part.start - stretches[-1][0] - stretches[-1][1] / 16_000) > 1e-6
            or (part.start in (6.0, 6.05))
        ):
            stretches.append((part.start, 0))
        stretches[-1] = (stretches[-1][0], stretches[-1][1] + part.frames)
    assert stretches == [(0.0, 3_200), (5.0, 1_600), (6.0, 800), (6.05, 1_600)]


def test_times_that_were_rounded_do_not_break_a_stream() -> None:
    audio = noise(48_000, 48_000)
    resampler = media.Resampler(16_000)
    rounded = [Audio(c.samples, c.sample_rate, round(c.start, 3)) for c in cut(audio, [1_777])]
    parts = [part for chunk in rounded for part in resampler.feed(chunk)] + resampler.flush()
    assert np.array_equal(Audio.join(parts).samples, media.resample(audio, 16_000).samples)


def test_full_scale_is_never_exceeded() -> None:
    square = Audio(np.sign(np.sin(2 * np.pi * 50 * np.arange(48_000) / 48_000)), 48_000)
    assert np.abs(media.resample(square, 16_000).samples).max() == 1.0


def test_no_sound_gives_no_sound() -> None:
    nothing = media.resample(Audio(np.zeros((2, 0)), 48_000, 4.0), 16_000)
    assert (nothing.frames, nothing.channels, nothing.sample_rate, nothing.start) == (0, 2, 16_000, 4.0)


def test_an_hour_of_chunks_does_not_drift() -> None:
    resampler, chunk = media.Resampler(16_000), np.zeros((1, 441_000), np.float32)
    parts = [part for n in range(360) for part in resampler.feed(Audio(chunk, 44_100, n * 10.0))] + resampler.flush()
    assert sum(part.frames for part in parts) == 3_600 * 16_000
    assert parts[-1].end == 3_600.0


def test_what_is_held_back_is_short_enough_for_live_captions() -> None:
    resampler, given_back = media.Resampler(16_000), 0
    for n in range(50):
        fed = noise(960, 48_000, start=n * 0.02)
        given_back += sum(part.frames for part in resampler.feed(fed))
        if n >= 5:
            assert (n + 1) * 0.02 - given_back / 16_000 < 0.05
