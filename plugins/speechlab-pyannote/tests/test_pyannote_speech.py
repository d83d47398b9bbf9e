"""Stretches of speech from probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_pyannote.speech import Stretches

from speechlab import SpeechEnded, SpeechStarted, VadOptions

STEP, LATE = 0.01, 0.02
PROBABILITIES = st.lists(st.tuples(st.sampled_from([0.0, 0.4, 0.6, 1.0]), st.integers(1, 60)), max_size=12).map(
    lambda runs: [value for value, times in runs for _ in range(times)]
)
OPTIONS = st.builds(
    VadOptions,
    threshold=st.sampled_from([0.3, 0.5, 0.9]),
    min_speech_duration_ms=st.integers(0, 400),
    min_silence_duration_ms=st.integers(0, 400),
    speech_pad_ms=st.integers(0, 300),
)


def stretches(
    options: VadOptions, probabilities: Sequence[float], end: float | None = None
) -> list[tuple[float, float]]:
    heard = Stretches(options, STEP, LATE)
    edges = [*heard.push(probabilities), *heard.finish(LATE + len(probabilities) * STEP if end is None else end)]
    assert [kind for kind, _ in edges] == [SpeechStarted, SpeechEnded] * (len(edges) // 2)
    times = [round(at, 6) for _, at in edges]
    return list(zip(times[::2], times[1::2], strict=True))


def plain(**changed: float) -> VadOptions:
    given = {"min_speech_duration_ms": 0, "min_silence_duration_ms": 0, "speech_pad_ms": 0}
    return VadOptions.model_validate(given | changed)


def test_frames_are_told_where_they_lie() -> None:
    assert stretches(plain(), [0] * 10 + [1] * 5 + [0] * 10) == [(0.12, 0.17)]


def test_the_first_frame_stands_for_all_before_it_and_the_last_for_all_after() -> None:
    assert stretches(plain(), [1, 1], end=0.1) == [(0.0, 0.1)]


def test_what_is_too_short_is_no_speech_and_a_short_silence_no_end() -> None:
    heard = [0] * 10 + [1] * 3 + [0] * 30 + [1] * 20 + [0] * 5 + [1] * 20 + [0] * 30
    assert stretches(plain(min_speech_duration_ms=100, min_silence_duration_ms=100), heard) == [(0.45, 0.90)]


def test_padding_widens_both_sides_and_never_reaches_the_one_before() -> None:
    heard = [0] * 20 + [1] * 10 + [0] * 12 + [1] * 10 + [0] * 30
    assert stretches(plain(speech_pad_ms=100), heard) == [(0.12, 0.42), (0.42, 0.64)]


def test_a_higher_threshold_finds_less() -> None:
    heard = [0.4] * 20 + [0.6] * 20 + [0.4] * 20
    assert stretches(plain(threshold=0.3), heard) == [(0.0, 0.62)]
    assert stretches(plain(), heard) == [(0.22, 0.42)]
    assert stretches(plain(threshold=0.7), heard) == []


@given(OPTIONS, PROBABILITIES, st.integers(1, 40))
def test_the_same_is_told_however_the_frames_come(options: VadOptions, heard: list[float], size: int) -> None:
    session = Stretches(options, STEP, LATE)
    end = LATE + len(heard) * STEP
    parts = [edge for at in range(0, len(heard), size) for edge in session.push(heard[at : at + size])]
    told = [round(at, 6) for _, at in [*parts, *session.finish(end)]]
    assert told == [at for span in stretches(options, heard) for at in span]


@given(OPTIONS, PROBABILITIES)
def test_stretches_follow_each_other_within_what_was_heard(options: VadOptions, heard: list[float]) -> None:
    found = stretches(options, heard)
    assert all(start < end for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert all(start >= 0 and end <= round(LATE + len(heard) * STEP, 6) for start, end in found)


@given(PROBABILITIES)
def test_without_conditions_it_is_the_threshold(heard: list[float]) -> None:
    found = stretches(plain(), heard)
    for number, probability in enumerate(heard):
        middle = LATE + (number + 0.5) * STEP
        assert any(start <= middle < end for start, end in found) == (probability >= 0.5)


def test_each_edge_is_told_once_nothing_can_change_it() -> None:
    session = Stretches(plain(min_speech_duration_ms=50, min_silence_duration_ms=100), STEP)
    assert list(session.push([1] * 4)) == []
    assert list(session.push([1])) == [(SpeechStarted, 0.0)]
    assert list(session.push([0] * 9)) == []
    assert list(session.push([0])) == [(SpeechEnded, pytest.approx(0.05))]
