"""How high a sound is, by every method, a hundred times a second."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_rvc import RvcOptions
from speechlab_rvc.pitch import HIGHEST, LOWEST, RATE, Pitch, stepped

METHODS = get_args(RvcOptions.model_fields["f0_method"].annotation)


@pytest.fixture(scope="module")
def pitch() -> Pitch:
    return Pitch()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("hertz", [110.0, 320.0])
def test_a_hum_is_as_high_as_it_is(pitch: Pitch, method: str, hertz: float, hum: Any) -> None:
    still = np.zeros(RATE // 2, np.float32)
    samples = np.concatenate([still, hum(1.0, hertz).mono, still])
    found = pitch.of(samples, method)
    assert len(found) == 200
    middle = found[60:140]
    assert np.median(middle[middle > 0]) == pytest.approx(hertz, rel=0.01)
    assert (middle > 0).mean() > 0.9
    assert not found[:40].any()
    assert not found[160:].any()


@pytest.mark.parametrize("method", METHODS)
def test_silence_has_none(pitch: Pitch, method: str) -> None:
    assert not pitch.of(np.zeros(RATE, np.float32), method).any()


def test_steps_rise_with_the_pitch() -> None:
    hertz = np.array([0.0, 20.0, LOWEST, 100.0, 440.0, HIGHEST, 4000.0])
    assert stepped(hertz).tolist() == [1, 1, 1, 20, 122, 255, 255]


@given(st.lists(st.floats(0, 2000), min_size=2))
def test_steps_keep_the_order(hertz: list[float]) -> None:
    steps = stepped(np.sort(np.array(hertz)))
    assert (np.diff(steps) >= 0).all()
    assert steps.min() >= 1
    assert steps.max() <= 255
