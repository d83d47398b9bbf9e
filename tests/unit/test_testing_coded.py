"""The coded sound: what is lost, doubled or out of order in it is found, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import Audio
from speechlab.testing.coded import MANY, coded, counted

RATE = 16_000
STEP = RATE // 10


def sound(samples: np.ndarray) -> Audio:
    return Audio(samples.astype(np.float32), RATE)


@given(st.integers(0, MANY // 2), st.integers(0, STEP - 1))
@settings(max_examples=12)
def test_every_part_is_known_wherever_the_sound_begins(part: int, within: int) -> None:
    all_ = coded(100, RATE).mono
    heard = counted(sound(all_[part * STEP + within :][: 30 * STEP]))
    assert len(heard.parts) in (29, 30)
    assert heard.parts[0] in (part, part + 1)
    assert heard.faults == []
    assert abs(heard.shift) < 0.001


def test_it_begins_again_after_its_last_part() -> None:
    heard = counted(coded(MANY * 0.1 + 1, RATE))
    assert heard.faults == []
    assert heard.parts[-1] == 9


def test_what_is_lost_doubled_or_turned_round_is_found() -> None:
    whole = coded(10, RATE).mono
    parts = whole.reshape(-1, STEP)
    assert counted(sound(np.delete(parts, 40, 0).reshape(-1))).faults == [(39, 41)]
    assert counted(sound(np.insert(parts, 40, parts[40], 0).reshape(-1))).faults == [(40, 40)]
    turned = parts.copy()
    turned[[50, 51]] = turned[[51, 50]]
    assert counted(sound(turned.reshape(-1))).faults == [(49, 51), (51, 50), (50, 52)]


@pytest.mark.parametrize("lost", [80, -80, 240])
def test_less_than_a_part_that_is_lost_or_doubled_shows_as_a_shift(lost: int) -> None:
    whole = coded(14, RATE).mono
    at = 7 * RATE
    cut = np.concatenate([whole[:at], whole[at + lost :]])
    assert counted(sound(cut)).shift == pytest.approx(-lost / RATE, abs=0.001)
