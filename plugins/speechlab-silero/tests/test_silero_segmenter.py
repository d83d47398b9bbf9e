"""The times of speech, from probabilities alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_silero import SileroOptions
from speechlab_silero.segmenter import RATE, WINDOW, Edge, Segmenter

from speechlab import SpeechEnded, SpeechStarted

PLAIN = SileroOptions(min_speech_duration_ms=0, min_silence_duration_ms=96, speech_pad_ms=0)
"""Three windows of silence end the speech; nothing else happens."""


def edges(probabilities: Sequence[float], options: SileroOptions, *, last: int = WINDOW) -> list[list[Edge]]:
    """What is told after each window, and at the end; the last window holds so many samples."""
    segmenter = Segmenter(options)
    sizes = [WINDOW] * (len(probabilities) - 1) + [last]
    return [list(segmenter.push(p, n)) for p, n in zip(probabilities, sizes, strict=True)] + [list(segmenter.finish())]


def spans(probabilities: Sequence[float], options: SileroOptions, *, last: int = WINDOW) -> list[tuple[int, int]]:
    """Start and end of each stretch of speech, in samples."""
    told = [edge for step in edges(probabilities, options, last=last) for edge in step]
    assert [event for event, _ in told] == [SpeechStarted, SpeechEnded] * (len(told) // 2)
    return [(told[i][1], told[i + 1][1]) for i in range(0, len(told), 2)]


def windows(*runs: tuple[float, int]) -> list[float]:
    """The same probability for so many windows, run after run."""
    return [p for p, count in runs for _ in range(count)]


def test_speech_is_from_the_first_loud_window_to_the_first_quiet_one() -> None:
    assert spans(windows((0.1, 4), (0.9, 10), (0.1, 5)), PLAIN) == [(4 * WINDOW, 14 * WINDOW)]


def test_between_the_thresholds_nothing_changes() -> None:
    assert spans(windows((0.4, 9)), PLAIN) == []
    assert spans(windows((0.9, 2), (0.4, 9), (0.0, 5)), PLAIN) == [(0, 11 * WINDOW)]
    lower = PLAIN.model_copy(update={"neg_threshold": 0.45})
    assert spans(windows((0.9, 2), (0.4, 9), (0.0, 5)), lower) == [(0, 2 * WINDOW)]


def test_a_short_silence_does_not_end_speech() -> None:
    assert spans(windows((0.9, 5), (0.1, 3), (0.9, 5), (0.1, 9)), PLAIN) == [(0, 13 * WINDOW)]


def test_a_short_burst_is_not_told_at_all() -> None:
    options = PLAIN.model_copy(update={"min_speech_duration_ms": 250})
    assert spans(windows((0.1, 3), (0.9, 7), (0.1, 9), (0.9, 9), (0.1, 9)), options) == [(19 * WINDOW, 28 * WINDOW)]


def test_a_start_is_told_once_the_speech_is_long_enough() -> None:
    options = PLAIN.model_copy(update={"min_speech_duration_ms": 250})
    told = edges(windows((0.1, 3), (0.9, 20)), options)
    assert next(i for i, step in enumerate(told) if step) == 3 + 7  # the eighth window makes it 256 ms
    assert told[10] == [(SpeechStarted, 3 * WINDOW)]


def test_an_end_is_told_once_the_silence_is_long_enough() -> None:
    told = edges(windows((0.9, 10), (0.1, 20)), PLAIN)
    assert told[10 + 3] == [(SpeechEnded, 10 * WINDOW)]


def test_padding_stays_within_the_recording() -> None:
    options = PLAIN.model_copy(update={"speech_pad_ms": 2000})
    assert spans(windows((0.1, 2), (0.9, 10), (0.1, 2)), options, last=100) == [(0, 13 * WINDOW + 100)]


def test_speech_that_goes_on_ends_with_the_sound() -> None:
    assert spans(windows((0.9, 10)), PLAIN, last=7) == [(0, 9 * WINDOW + 7)]


def test_a_last_window_that_is_not_full_does_not_make_speech_long_enough() -> None:
    options = PLAIN.model_copy(update={"min_speech_duration_ms": 250})
    assert spans(windows((0.9, 8)), options, last=RATE // 4 - 7 * WINDOW) == []
    assert spans(windows((0.9, 8)), options, last=RATE // 4 - 7 * WINDOW + 1) == [(0, RATE // 4 + 1)]


def test_close_spans_share_the_silence_between_them() -> None:
    options = PLAIN.model_copy(update={"speech_pad_ms": 200})
    first, second = spans(windows((0.9, 10), (0.1, 5), (0.9, 10), (0.1, 30)), options)
    assert first[1] == second[0] == 10 * WINDOW + 5 * WINDOW // 2


def test_an_end_waits_for_a_start_that_may_come_near() -> None:
    options = PLAIN.model_copy(update={"speech_pad_ms": 200})
    told = edges(windows((0.9, 10), (0.1, 30)), options)
    [at] = [i for i, step in enumerate(told) if step and step[0][0] is SpeechEnded]
    assert (at + 1) * WINDOW >= 10 * WINDOW + 2 * 3200 > at * WINDOW


def test_long_speech_is_split_at_its_longest_pause() -> None:
    options = PLAIN.model_copy(update={"max_speech_duration_s": 2.0, "min_silence_duration_ms": 300})
    talk = windows((0.9, 20), (0.1, 6), (0.9, 15), (0.1, 4), (0.9, 30), (0.1, 20))
    assert spans(talk, options)[:2] == [(0, 20 * WINDOW), (26 * WINDOW, 75 * WINDOW)]


def test_long_speech_without_a_pause_is_split_where_it_gets_too_long() -> None:
    options = PLAIN.model_copy(update={"max_speech_duration_s": 1.0})
    found = spans(windows((0.9, 100)), options)
    assert all(end - start <= RATE for start, end in found)
    assert all(end == start - WINDOW for (_, end), (start, _) in pairwise(found))


OPTIONS = st.builds(
    SileroOptions,
    threshold=st.floats(0.02, 1),
    min_speech_duration_ms=st.sampled_from([0, 100, 250, 700]),
    min_silence_duration_ms=st.sampled_from([0, 100, 500, 1500]),
    speech_pad_ms=st.sampled_from([0, 30, 200, 400, 1500]),
)
RUNS = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 30)), min_size=1, max_size=20)
LAST = st.integers(1, WINDOW - 1)


@settings(deadline=None)
@given(RUNS, OPTIONS, LAST)
def test_spans_follow_each_other_within_the_recording(
    runs: list[tuple[float, int]], options: SileroOptions, last: int
) -> None:
    probabilities = windows(*runs)
    times = [at for span in spans(probabilities, options, last=last) for at in span]
    assert times == sorted(times)
    assert all(0 <= at <= (len(probabilities) - 1) * WINDOW + last for at in times)


@settings(deadline=None)
@given(RUNS, OPTIONS, st.floats(4, 8), LAST)
def test_no_span_is_longer_than_the_longest(
    runs: list[tuple[float, int]], options: SileroOptions, longest: float, last: int
) -> None:
    split = options.model_copy(update={"max_speech_duration_s": longest})
    assert all(end - start <= longest * RATE for start, end in spans(windows(*runs), split, last=last))


@pytest.fixture(scope="module")
def vad() -> ModuleType:
    """A copy of the published algorithm, where it is installed."""
    return pytest.importorskip("faster_whisper.vad")


@settings(deadline=None)
@given(runs=RUNS, options=OPTIONS, last=LAST)
def test_spans_are_those_of_the_published_algorithm(
    vad: ModuleType, runs: list[tuple[float, int]], options: SileroOptions, last: int
) -> None:
    probabilities = windows(*runs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vad, "get_vad_model", lambda: lambda audio: np.array(probabilities))
        sound = np.zeros((len(probabilities) - 1) * WINDOW + last, np.float32)
        published = vad.get_speech_timestamps(
            sound, vad.VadOptions(**options.model_dump(exclude={"max_speech_duration_s"}))
        )
    assert spans(probabilities, options, last=last) == [(span["start"], span["end"]) for span in published]
