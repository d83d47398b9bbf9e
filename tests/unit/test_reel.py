"""The recent past of a live stream: whatever is cut from it is what was heard then."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio
from speechlab.stages import reel
from speechlab.stages.reel import Reel

RATE = 1000


def ramp(start: int, frames: int) -> Audio:
    """Sound that says of each sample when it was heard."""
    return Audio(np.arange(start, start + frames, dtype=np.float32), RATE, start / RATE)


@given(st.lists(st.tuples(st.integers(0, 9000), st.floats(0, 1), st.floats(0, 1)), max_size=30))
def test_what_is_cut_is_what_was_heard_then(steps: list[tuple[int, float, float]]) -> None:
    kept, end, forgotten = Reel(), 500, 0.5
    held: list[tuple[Audio, list[float]]] = []
    for frames, one, other in steps:
        kept.append(ramp(end, frames))
        end += frames
        first, last = sorted((0.5 + one * (end / RATE - 0.5), 0.5 + other * (end / RATE - 0.5)))
        cut = kept.cut(first, last)
        begin = max(round(first * RATE), min(round(forgotten * RATE), end))
        assert cut.mono.tolist() == list(range(begin, max(begin, round(last * RATE))))
        if cut.frames:
            assert cut.start == pytest.approx(begin / RATE, abs=1e-9)
        held.append((cut, cut.mono.tolist()))
        forgotten = max(forgotten, first - 0.01)
        kept.forget(forgotten)
        assert kept.end == pytest.approx((end if end > 500 else 0) / RATE, abs=1e-9)
    assert all(cut.mono.tolist() == values for cut, values in held)  # nothing was written over


def test_it_takes_no_more_room_than_what_is_kept() -> None:
    kept = Reel()
    for number in range(2000):
        kept.append(ramp(number * 100, 100))
        kept.forget(kept.end - 5.0)
    assert kept._samples.shape[1] == round(reel.LENGTH * RATE)
    assert kept.cut(0.0, 1e9).frames == 5000


def test_it_is_empty_at_first() -> None:
    kept = Reel()
    kept.forget(3.0)
    assert (kept.end, kept.cut(0.0, 9.0).frames) == (0.0, 0)


def test_a_chunk_longer_than_all_there_is_room_for() -> None:
    kept = Reel()
    kept.append(ramp(0, 90_000))
    kept.append(ramp(90_000, 100))
    assert kept.cut(89.95, 90.05).mono.tolist() == list(range(89_950, 90_050))
