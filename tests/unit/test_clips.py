"""Clips hold all the speech, fit the window, and part speech only where they must."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, Span, union
from speechlab.stages.clips import clips, packed, quietest

RATE = 100
some_speech = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), max_size=10).map(
    lambda pairs: union([Span(start / 4, (start + length) / 4) for start, length in pairs], gap=0.2)
)


@given(some_speech)
def test_all_speech_is_heard_once_and_in_order(speech: list[Span]) -> None:
    audio = Audio(np.ones(160 * RATE, np.float32), RATE, 0.0)
    heard = list(clips(audio, speech, 30.0))
    assert all(clip.duration <= 30.0 + 0.02 for clip in heard)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(heard))
    told = union([Span(clip.start, clip.end) for clip in heard], gap=0.02)
    for span in speech:
        assert any(one.start - 0.02 <= span.start and span.end <= one.end + 0.02 for one in told)


def test_neighbours_share_a_window() -> None:
    speech = [Span(0, 5), Span(6, 12), Span(20, 29), Span(31, 40)]
    assert list(packed(speech, 30.0, gap=30.0)) == [Span(0, 29), Span(31, 40)]
    assert list(packed(speech, 30.0, gap=1.0)) == [Span(0, 12), Span(20, 29), Span(31, 40)]
    assert list(packed([], 30.0, gap=1.0)) == []


def test_long_speech_is_cut_where_it_is_quietest() -> None:
    samples = np.ones(60 * RATE, np.float32)
    samples[22 * RATE : 23 * RATE] = 0.1
    first, second, *_ = clips(Audio(samples, RATE, 100.0), [Span(100.0, 160.0)], 30.0)
    assert 122.0 < first.end < 123.0
    assert second.start == first.end


def test_equal_loudness_is_cut_at_the_end() -> None:
    assert quietest(Audio(np.ones(1000, np.float32), RATE), 2.0, 5.0) == 5.0
