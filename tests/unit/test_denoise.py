"""Denoising in the host: what is mixed with what, on which timeline, in how many channels; batch and live."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    ConfigError,
    EngineFailed,
    EngineSpec,
    EngineUnavailable,
    HeardChunk,
    Kind,
    Lab,
    Params,
    PluginError,
    Samples,
    hookimpl,
)
from speechlab.stages.denoise import DenoiseStage, Mixing
from speechlab.ui.html import render
from tests.doubles import RATE, Half, Halving

SOUND = np.random.default_rng(5).normal(scale=0.1, size=(2, 20_011)).astype(np.float32)


class Longer:
    """Gives more than it was fed."""

    def __init__(self, params: Params, context: Any) -> None: ...

    def open(self, options: Params) -> Longer:
        return self

    def feed(self, audio: Audio) -> Iterator[Audio]:
        yield Audio(np.zeros(audio.frames + 3), audio.sample_rate, audio.start)

    def flush(self) -> Iterator[Audio]:
        yield from ()


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="half", kind=Kind.DENOISE, load=Half, lag=0.05))
        register(EngineSpec(id="half-48k", kind=Kind.DENOISE, load=Half, sample_rate=48_000, lag=0.02))
        register(EngineSpec(id="longer", kind=Kind.DENOISE, load=Longer))


@pytest.fixture
def lab() -> Iterator[Lab]:
    Half.opened = 0
    with Lab(Plugin(), discover=False) as lab:
        yield lab


def live(lab: Lab, chunks: Iterable[Audio], **knobs: Any) -> list[Audio]:
    events = lab.stream({"stage": [{"use": "denoise/half", **knobs}]}, chunks)
    return [event.audio for event in events if isinstance(event, HeardChunk)]


def mixed(share: float, lengths: list[int]) -> list[Audio]:
    mixing = Mixing(Halving, share)
    edges = np.minimum(np.cumsum([0, *lengths]), SOUND.shape[1])
    chunks = [Audio(SOUND[:, a:b], RATE, 3 + a / RATE) for a, b in pairwise(edges)]
    return [out for chunk in chunks for out in mixing.feed(chunk)] + list(mixing.flush())


@given(lengths=st.lists(st.integers(0, 4000), min_size=1), share=st.floats(0, 1))
def test_however_it_is_cut_the_sound_is_mixed_with_its_own_clean_twin(lengths: list[int], share: float) -> None:
    out = mixed(share, lengths)
    fed = SOUND[:, : sum(lengths)]
    whole = np.concatenate([np.zeros((2, 0), np.float32), *(part.samples for part in out)], axis=1)
    np.testing.assert_allclose(whole, fed * (1 - share / 2), rtol=1e-5, atol=1e-7)
    at = 3.0
    for part in out:
        assert part.start == pytest.approx(at)
        at = part.end


@given(lengths=st.lists(st.integers(0, 4000), min_size=1))
def test_none_of_the_cleaned_sound_is_the_sound_itself(lengths: list[int]) -> None:
    out = mixed(0.0, lengths)
    whole = np.concatenate([np.zeros((2, 0), np.float32), *(part.samples for part in out)], axis=1)
    np.testing.assert_array_equal(whole, SOUND[:, : sum(lengths)])


@pytest.mark.parametrize("same", [{"wet": 0.0}, {"attenuation_limit_db": 0.0}, {"wet": 0, "attenuation_limit_db": 20}])
def test_knobs_that_take_nothing_away_leave_the_sound_as_it_is(lab: Lab, same: dict[str, float]) -> None:
    out = lab.denoise(Audio(SOUND, RATE), "half", **same)
    np.testing.assert_array_equal(out.samples, SOUND)


@pytest.mark.parametrize(
    ("options", "share"),
    [
        ({}, 1),
        ({"wet": 0.25}, 0.25),
        ({"attenuation_limit_db": 20.0}, 0.9),
        ({"attenuation_limit_db": 6.0206}, 0.5),
        ({"wet": 0.5, "attenuation_limit_db": 20}, 0.45),
        ({"attenuation_limit_db": 100}, 0.99999),
    ],
)
def test_both_knobs_come_to_one_share(options: dict[str, float], share: float) -> None:
    assert DenoiseStage(**options).share == pytest.approx(share, abs=1e-5)  # type: ignore[arg-type]


def test_a_silencer_takes_away_no_more_than_the_limit() -> None:
    class Silencer(Halving):
        def process(self, samples: Samples) -> Samples:
            return np.zeros_like(samples)

    mixing = Mixing(Silencer, DenoiseStage(attenuation_limit_db=12.0).share)
    [*early, rest] = [*mixing.feed(Audio(SOUND, RATE)), *mixing.flush()]
    left = np.concatenate([part.samples for part in (*early, rest)], axis=1)
    np.testing.assert_allclose(20 * np.log10(np.abs(left).sum() / np.abs(SOUND).sum()), -12, atol=1e-3)


@pytest.mark.parametrize("engine", ["half", "half-48k"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_channels_rate_length_and_place_are_kept(lab: Lab, engine: str, rate: int) -> None:
    times = np.arange(20_011) / rate
    came = np.stack([np.sin(2 * np.pi * hertz * times) / 2 for hertz in (300, 500)])
    out = lab.denoise(Audio(came, rate, 4.0), engine)
    assert (out.sample_rate, out.start, out.samples.shape) == (rate, 4.0, came.shape)
    middle = slice(2000, -2000)
    np.testing.assert_allclose(out.samples[:, middle], came[:, middle] / 2, atol=0.002)
    assert Half.opened == 2  # a session for each channel


def test_a_file_is_cleaned_too(lab: Lab, tmp_path: Any) -> None:
    from speechlab import media

    media.write(Audio(SOUND, RATE), tmp_path / "a.flac")
    for sound in (tmp_path / "a.flac", (tmp_path / "a.flac").open("rb")):
        out = lab.denoise(sound, "half")
        np.testing.assert_allclose(out.samples, SOUND / 2, atol=1e-4)
    sound.close()  # type: ignore[union-attr]


def test_pieces_come_while_the_recording_is_read(lab: Lab) -> None:
    minute = Audio(np.tile(SOUND, 50), RATE)
    pieces = lab.sound({"stage": [{"use": "denoise/half"}]}, minute)
    assert next(pieces).duration == pytest.approx(10, abs=0.1)
    pieces.close()  # type: ignore[attr-defined]
    assert lab.trace() is not None
    assert lab.trace().audio_seconds < 21  # type: ignore[union-attr]


def test_memory_does_not_grow_with_the_length(lab: Lab, tmp_path: Any) -> None:
    from speechlab import media

    def peak(minutes: int) -> int:
        path = tmp_path / f"{minutes}.flac"
        media.write((Audio(SOUND, RATE) for _ in range(48 * minutes)), path)
        tracemalloc.start()
        try:
            for _ in lab.sound({"stage": [{"use": "denoise/half", "wet": 0.5}]}, path):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(8) < 1.2 * peak(1)


def test_nothing_in_nothing_out(lab: Lab) -> None:
    out = lab.denoise(Audio(np.zeros((2, 0)), RATE, 5.0), "half")
    assert (out.samples.shape, out.sample_rate, out.start) == ((2, 0), RATE, 5.0)


@pytest.mark.parametrize("knobs", [{}, {"wet": 0.5}, {"attenuation_limit_db": 12.0}])
def test_live_it_is_the_same_sound_a_little_later(lab: Lab, knobs: dict[str, float]) -> None:
    one = Audio(SOUND[0], RATE, 2.0)
    parts = live(lab, one.chunks(0.03), **knobs)
    assert len(parts) > 10
    whole = Audio.join(parts)
    assert whole.start == 2.0
    np.testing.assert_allclose(whole.samples, lab.denoise(one, "half", **knobs).samples, rtol=1e-6)


def test_live_several_channels_are_mixed_down_first(lab: Lab) -> None:
    whole = Audio.join(live(lab, Audio(SOUND, RATE).chunks(0.1)))
    np.testing.assert_allclose(whole.samples, SOUND.mean(axis=0, keepdims=True) / 2, rtol=1e-5, atol=1e-8)
    assert Half.opened == 1


def test_samples_that_are_no_numbers_reach_no_engine() -> None:
    spoilt = SOUND.copy()
    spoilt[0, 100:103] = np.nan, np.inf, -np.inf
    mixing = Mixing(Halving, 0.5)
    parts = [*mixing.feed(Audio(spoilt, RATE)), *mixing.flush()]
    whole = np.concatenate([part.samples for part in parts], axis=1)
    np.testing.assert_allclose(whole[0, 100:103], [0, 0.75, -0.75])


def test_an_engine_that_gives_more_than_it_was_fed_is_named(lab: Lab) -> None:
    with pytest.raises(EngineFailed, match=r"denoise/longer failed.*more came out than went in, by 3 samples"):
        lab.denoise(Audio(SOUND, RATE), "longer")


@pytest.mark.parametrize("wrong", [{"wet": 1.5}, {"attenuation_limit_db": -1}, {"wat": 1}])
def test_what_is_no_value_is_refused(lab: Lab, wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        lab.denoise(Audio(SOUND, RATE), "half", **wrong)


def test_which_engine_is_meant_where_none_is_named(lab: Lab) -> None:
    assert lab.engine(Kind.DENOISE).id == "half"
    with Lab(discover=False) as bare, pytest.raises(EngineUnavailable, match="no engine for denoising") as caught:
        bare.denoise(Audio(SOUND, RATE))
    assert caught.value.hint == "pip install speechlab-deepfilternet"


def test_the_card_tells_the_lag(lab: Lab) -> None:
    shown = render("engines", kinds=[(Kind.DENOISE, lab.engines(Kind.DENOISE)[-3:])], toys=[], fetches=set())
    assert [lag in shown for lag in (">50 ms<", ">20 ms<", ">0 ms<")] == [True, True, False]
    assert [lab.card(spec)["lag"] for spec in lab.engines(Kind.DENOISE)][-3:] == [0.05, 0.02, 0.0]
    with pytest.raises(PluginError, match="lag is a number of seconds, 0 or more, not -1"):
        EngineSpec(id="x", kind=Kind.DENOISE, load=Half, lag=-1)
