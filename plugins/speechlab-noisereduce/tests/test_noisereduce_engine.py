"""Spectral gating block by block: it comes near to gating the whole, and every knob reaches the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from noisereduce import reduce_noise
from speechlab_noisereduce import NoisereduceOptions
from speechlab_noisereduce.engine import BEFORE, BLOCK, FFT, RATE, Noisereduce, NoisereduceSession

from speechlab import Audio, Context, Params, Samples
from speechlab.testing import noise, spoken


@pytest.fixture(scope="module")
def noisy() -> Samples:
    sound = spoken(RATE).crop(0, 9)
    return sound.mono + noise(9, RATE, level=0.02).mono


def cleaned(sound: Samples, **options: Any) -> Samples:
    session = Noisereduce(Params(), Context(Path())).open(NoisereduceOptions(**options))
    return Audio.join([*session.feed(Audio(sound, RATE)), *session.flush()]).mono


def nearness(one: Samples, other: Samples) -> float:
    """Decibels by which the sound is stronger than what differs."""
    return 10 * float(np.log10(np.square(one).sum() / np.square(one - other).sum()))


@pytest.mark.parametrize(("stationary", "decibels"), [(False, 15), (True, 10)])
def test_it_comes_near_to_gating_the_whole(noisy: Samples, stationary: bool, decibels: int) -> None:
    whole = reduce_noise(
        y=noisy, sr=RATE, n_fft=FFT, stationary=stationary, prop_decrease=0.8, chunk_size=None, padding=0
    )
    assert nearness(whole, cleaned(noisy, stationary=stationary)) > decibels


def test_both_ways_of_gating_differ(noisy: Samples) -> None:
    assert nearness(cleaned(noisy), cleaned(noisy, stationary=True)) < 20


def test_nothing_is_taken_where_nothing_is_to_be_taken(noisy: Samples) -> None:
    assert nearness(noisy, cleaned(noisy, prop_decrease=0.0)) > 100


def test_silence_around_speech_spoils_no_block(noisy: Samples) -> None:
    gap = np.zeros(3 * RATE, np.float32)
    out = cleaned(np.concatenate([gap, noisy[: 3 * RATE], gap]))
    assert np.abs(out[: 2 * RATE]).max() < 1e-6
    assert np.square(out[3 * RATE : 6 * RATE]).sum() > 0.1 * np.square(noisy[: 3 * RATE]).sum()


def test_every_knob_is_the_librarys() -> None:
    asked: list[dict[str, Any]] = []

    def reduce(y: Samples, **knobs: Any) -> Samples:
        asked.append(knobs)
        return y

    session = NoisereduceSession(reduce, NoisereduceOptions())
    session.feed(Audio(np.ones(BLOCK), RATE))
    for name, value in NoisereduceOptions().model_dump().items():
        assert asked[0][name] == value


@pytest.mark.parametrize("extreme", [min, max])
def test_the_outermost_values_work(noisy: Samples, extreme: Any) -> None:
    from speechlab.params import knobs

    values = {
        knob.name: type(knob.default)(extreme(knob.minimum, knob.maximum))
        for knob in knobs(NoisereduceOptions)
        if knob.minimum is not None and knob.maximum is not None
    }
    for stationary in (False, True):
        assert np.isfinite(cleaned(noisy[: 2 * RATE], stationary=stationary, **values)).all()


def test_what_lies_far_behind_is_let_go_of(noisy: Samples) -> None:
    lengths: list[int] = []
    session = NoisereduceSession(lambda y, **knobs: (lengths.append(len(y)), y)[1], NoisereduceOptions())
    session.feed(Audio(noisy, RATE))
    assert max(lengths) <= BEFORE + 2 * BLOCK
    assert lengths == sorted(lengths)
