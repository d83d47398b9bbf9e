"""How high a sound is, by every method, as often as is asked."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from speechlab_rvc import RvcOptions
from speechlab_rvc.pitch import RATE, Pitch

METHODS = get_args(RvcOptions.model_fields["f0_method"].annotation)


@pytest.fixture(scope="module")
def pitch() -> Pitch:
    return Pitch()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("hertz", "step"), [(110.0, 0.01), (320.0, 512 / 44_100)])
def test_a_hum_is_as_high_as_it_is(pitch: Pitch, method: str, hertz: float, step: float, hum: Any) -> None:
    still = np.zeros(RATE // 2, np.float32)
    samples = np.concatenate([still, hum(1.0, hertz).mono, still])
    found = pitch.of(samples, method, step, round(2 / step))
    assert len(found) == round(2 / step)
    found = np.interp(np.arange(200) / 100, np.arange(len(found)) * step, found)
    middle = found[60:140]
    assert np.median(middle[middle > 0]) == pytest.approx(hertz, rel=0.01)
    assert (middle > 0).mean() > 0.9
    assert not found[:40].any()
    assert not found[160:].any()


@pytest.mark.parametrize("method", METHODS)
def test_silence_has_none(pitch: Pitch, method: str) -> None:
    assert not pitch.of(np.zeros(RATE, np.float32), method, 0.01, 90).any()
