"""GTCRN on sound: what a stream remembers is its own."""

from __future__ import annotations

import numpy as np
import pytest
from speechlab_gtcrn.engine import MEMORY, Gtcrn

from speechlab import Audio, Context, Params, Samples
from speechlab.testing import noise, spoken

RATE = 16_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Gtcrn:
    return Gtcrn(Params(), Context(tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def clean() -> Samples:
    return spoken(RATE).crop(0, 4).mono


def cleaned(engine: Gtcrn, sound: Samples) -> Samples:
    session = engine.open(Params())
    return Audio.join([*session.feed(Audio(sound, RATE)), *session.flush()]).mono


def test_speech_in_noise_is_nearer_to_speech_without(engine: Gtcrn, clean: Samples) -> None:
    noisy = clean + noise(4, RATE, level=0.03).mono
    before, after = (np.square(sound - clean).sum() for sound in (noisy, cleaned(engine, noisy)))
    assert after < before / 3


def test_streams_know_nothing_of_each_other(engine: Gtcrn, clean: Samples) -> None:
    alone = cleaned(engine, clean)
    one, other = engine.open(Params()), engine.open(Params())
    parts = []
    for chunk in Audio(clean, RATE).chunks(0.1):
        parts += one.feed(chunk)
        other.feed(Audio(chunk.samples[:, ::-1], RATE))
    np.testing.assert_array_equal(Audio.join([*parts, *one.flush()]).mono, alone)


def test_what_it_remembers_has_the_shapes_that_the_network_asks_for(engine: Gtcrn) -> None:
    _, *asked = engine._network.get_inputs()
    assert {one.name: tuple(one.shape) for one in asked} == MEMORY
    assert [one.name for one in engine._network.get_outputs()] == ["enh", *(f"{name}_out" for name in MEMORY)]
