"""What is mended of samples, and what is left as it is."""

from __future__ import annotations

import numpy as np
import pytest

from speechlab.media import mended


def test_good_samples_stay_the_same_object() -> None:
    for samples in (np.array([[-1.0, 0.0, 1.0]], np.float32), np.zeros((2, 0), np.float32)):
        samples.setflags(write=False)
        assert mended(samples) is samples


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_cut_off() -> None:
    samples = np.array([np.nan, np.inf, -np.inf, 3.0, -3.0, 0.25], np.float32)
    np.testing.assert_array_equal(mended(samples), np.array([0, 0, 0, 1, -1, 0.25], np.float32))
    assert np.isnan(samples[0])  # what came is not changed


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, -np.inf])
def test_one_bad_sample_is_enough(spoilt: float) -> None:
    assert np.isfinite(mended(np.array([0.5, spoilt], np.float32))).all()
