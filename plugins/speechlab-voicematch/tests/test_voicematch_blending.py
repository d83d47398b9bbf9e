"""Blends: those voices that make up another, and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import speechlab_voicematch
from hypothesis import given
from hypothesis import strategies as st
from speechlab_kokoro.voices import blend
from speechlab_voicematch import VOICES
from speechlab_voicematch.blending import MOST, Bank

FOLDER = Path(speechlab_voicematch.__file__).parent / "weights"
with np.load(FOLDER / VOICES) as _told:
    TABLE = dict(zip(_told["names"].tolist(), _told["voices"], strict=True))


def test_the_table_has_all_voices() -> None:
    assert len(TABLE) == 54
    assert np.linalg.norm(np.stack(list(TABLE.values())), axis=1) == pytest.approx(1, abs=1e-5)


def test_what_was_blended_is_found_again() -> None:
    weights = blend(Bank(FOLDER, TABLE).blend(0.7 * TABLE["am_liam"] + 0.3 * TABLE["bf_emma"]))
    assert weights == pytest.approx({"am_liam": 0.7, "bf_emma": 0.3}, abs=0.01)


@pytest.mark.parametrize("here", [["jm_kumo"], ["jf_alpha", "jm_kumo", "a voice of one's own"]])
def test_only_voices_that_are_here_are_blended(here: list[str]) -> None:
    assert set(blend(Bank(FOLDER, here).blend(TABLE["am_liam"]))) <= {"jf_alpha", "jm_kumo"}


@given(st.integers(0, 10_000))
def test_a_blend_is_small_and_whole(seed: int) -> None:
    voice = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
    weights = blend(Bank(FOLDER, TABLE).blend(voice))
    assert 1 <= len(weights) <= MOST
    assert sum(weights.values()) == pytest.approx(1)
