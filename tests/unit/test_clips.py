"""Clips hold all the speech, fit the window, and part speech only where they must."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, Segment, Span, Word, union
from speechlab.stages.clips import clips, packed, quietest

RATE = 100
some_speech = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), max_size=10).map(
    lambda pairs: union([Span(start / 4, (start + length) / 4) for start, length in pairs], gap=0.2)
)


@given(some_speech, st.booleans())
def test_all_speech_is_heard_once_and_in_order(speech: list[Span], share: bool) -> None:
    audio = Audio(np.ones(160 * RATE, np.float32), RATE, 0.0)
    heard = list(clips(audio, speech, 30.0, share=share))
    assert all(clip.audio.duration <= 30.0 + 0.05 for clip in heard)
    parts = [part for clip in heard for part in clip.parts]
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(parts))
    assert all(clip.audio.duration == pytest.approx(sum(part.duration for part in clip.parts)) for clip in heard)
    told = union(parts, gap=0.02)
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
    assert second.parts[0].start == first.end


def test_equal_loudness_is_cut_at_the_end() -> None:
    assert quietest(Audio(np.ones(1000, np.float32), RATE), 2.0, 5.0) == 5.0


def test_what_shares_a_clip_goes_back_to_its_time() -> None:
    audio = Audio(np.ones(100 * RATE, np.float32), RATE, 0.0)
    [clip] = clips(audio, [Span(10, 14), Span(14.4, 16), Span(30, 35), Span(80, 84)], 30.0, share=True)
    assert clip.parts == (Span(10, 16), Span(30, 35), Span(80, 84))
    assert (clip.audio.start, clip.audio.duration) == (10.0, 15.0)
    said = (
        Word(11, 12, text="One"),
        Word(15, 16.4, text="two."),
        Word(16.5, 17, text="Three"),
        Word(24, 25, text="four."),
    )
    back = list(clip.restored(Segment(11, 25, text="One two. Three four.", words=said)))
    assert [(s.start, s.end, s.text) for s in back] == [(11, 16, "One two."), (30.5, 31, "Three"), (83, 84, "four.")]
    assert [(w.start, w.end) for s in back for w in s.words] == [(11, 12), (15, 16), (30.5, 31), (83, 84)]
    [bare] = clip.restored(Segment(11, 20, text="One two three."))
    assert (bare.start, bare.end) == (11, 34)


@given(some_speech, st.floats(0, 1), st.floats(0, 1))
def test_times_go_back_in_order_and_into_speech(speech: list[Span], one: float, other: float) -> None:
    audio = Audio(np.ones(160 * RATE, np.float32), RATE, 0.0)
    first, second = sorted((one, other))
    for clip in clips(audio, speech, 30.0, share=True):
        start, length = clip.audio.start, clip.audio.duration
        word = Word(start + first * length, start + second * length, text="x")
        [told] = clip.restored(Segment(word.start, word.end, text="x", words=(word,)))
        assert any(part.start - 1e-6 <= told.start <= told.end <= part.end + 1e-6 for part in clip.parts)


@pytest.mark.parametrize(("start", "end", "told"), [(15.2, 16.3, Span(15.2, 16.0)), (15.9, 16.6, Span(30.0, 30.6))])
def test_a_word_over_a_joint_lies_where_most_of_it_does(start: float, end: float, told: Span) -> None:
    audio = Audio(np.ones(100 * RATE, np.float32), RATE, 0.0)
    [clip] = clips(audio, [Span(10, 16), Span(30, 35)], 30.0, share=True)
    [segment] = clip.restored(Segment(start, end, text="So", words=(Word(start, end, text="So"),)))
    assert (segment.start, segment.end) == (pytest.approx(told.start), pytest.approx(told.end))
