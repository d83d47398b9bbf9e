"""Utterances, from times of speech alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_moonshine.utterances import LEAD, LONGEST, TAIL, Utterances

from speechlab import Span


def told(utterances: list[Span]) -> list[tuple[float, float]]:
    return [(round(span.start, 6), round(span.end, 6)) for span in utterances]


def test_a_pause_ends_an_utterance() -> None:
    utterances = Utterances(0.6)
    assert utterances.feed([Span(1.0, 2.0)], 2.5) == []
    assert utterances.open == pytest.approx(1 - LEAD)
    assert told(utterances.feed([], 2.7)) == [(1 - LEAD, 2 + TAIL)]
    assert utterances.open is None


def test_a_breath_does_not() -> None:
    utterances = Utterances(0.6)
    assert utterances.feed([Span(1.0, 2.0), Span(2.5, 3.0)], 3.0) == []
    assert told(utterances.finish(3.1)) == [(1 - LEAD, 3.1)]


def test_speech_goes_on_over_the_end_of_a_step() -> None:
    utterances = Utterances(0.6)
    assert utterances.feed([Span(0.2, 0.5)], 0.5) == []
    assert utterances.feed([Span(0.5, 0.8)], 1.0) == []
    assert told(utterances.finish(1.0)) == [(0.0, 1.0)]


def test_the_start_of_an_open_utterance_stays() -> None:
    utterances = Utterances(0.1)
    utterances.feed([Span(0.0, 1.0)], 1.2)
    utterances.feed([Span(1.35, 1.5)], 1.5)
    start = utterances.open
    utterances.feed([Span(1.5, 2.0)], 2.0)
    assert utterances.open == start == pytest.approx(1.2)


def test_what_gets_too_long_is_cut_at_its_longest_pause() -> None:
    utterances = Utterances(0.6)
    over = utterances.feed([Span(0, 6), Span(6.2, 10), Span(10.5, 13), Span(13.1, 16)], 16)
    assert told(over + utterances.finish(16)) == [(0, 10.25), (10.25, 16)]


def test_what_gets_too_long_without_a_pause_is_cut_there() -> None:
    utterances = Utterances(0.6)
    steps = [utterances.feed([Span(at, at + 0.5)], at + 0.5) for at in (n / 2 for n in range(80))]
    assert told([span for step in steps for span in step]) == [(0, LONGEST), (LONGEST, 2 * LONGEST)]


def test_nothing_said() -> None:
    utterances = Utterances(0.6)
    assert utterances.feed([], 10) == utterances.finish(10) == []


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[list[Span], float]]:
    """The speech of each step, and where the step ends."""
    steps: list[tuple[list[Span], float]] = []
    now = 0.0
    for length, speech in draw(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 3.0]), st.booleans()), max_size=80)):
        steps.append(([Span(now, now + length * draw(st.sampled_from([0.5, 1.0])))] if speech else [], now + length))
        now += length
    return steps


@settings(deadline=None)
@given(streams(), st.sampled_from([0.1, 0.6, 2.0]))
def test_utterances_hold_all_speech_and_never_meet(steps: list[tuple[list[Span], float]], pause: float) -> None:
    utterances = Utterances(pause)
    over = [span for speech, heard in steps for span in utterances.feed(speech, heard)]
    over += utterances.finish(steps[-1][1] if steps else 0)
    assert all(one.end <= other.start + 1e-9 for one, other in pairwise(over))
    assert all(0 < span.duration <= LONGEST + LEAD + TAIL + 1e-9 for span in over)
    for speech, _ in steps:
        for span in speech:
            assert sum(span.overlap(one) for one in over) == pytest.approx(span.duration)
