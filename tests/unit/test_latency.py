"""Latencies of hand-made event logs, whose every wait is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Event, Segment, SegmentUpdate, SpeechEnded, SpeechStarted, Word
from speechlab.live.latency import Latency, latency, quantiles
from speechlab.live.replay import Told
from speechlab.matching import matched, spoken, word_errors

REFERENCE = [
    Word(1.0, 1.4, text="So"),
    Word(1.5, 1.9, text="we"),
    Word(2.0, 2.5, text="go"),
    Word(2.6, 3.0, text="home."),
]
WORDS = st.lists(st.sampled_from(["so", "we", "go", "home", "now"]), max_size=12)


def told(at: float, event: Event) -> Told:
    return Told(at, event)


def shown(
    at: float,
    text: str,
    committed: str = "",
    *,
    final: bool = False,
    id: str = "u1",
    start: float = 0.9,
    end: float = 3.2,
) -> Told:
    segment = Segment(start, end, text=text, id=id)
    return Told(at, SegmentUpdate(segment=segment, final=final, committed=0 if final else len(committed)))


TALK = [
    told(1.3, SpeechStarted(0.9)),
    shown(2.0, "So we", end=2.0),
    shown(3.0, "So we goat", "So we", end=3.0),
    shown(3.4, "So we go home", "So we"),
    told(3.6, SpeechEnded(3.2)),
    shown(3.9, "So, we go home.", final=True),
]


def test_each_wait_of_a_talk() -> None:
    found = latency(TALK, REFERENCE)
    assert found.first_partial == pytest.approx([1.1])
    assert found.partial == pytest.approx([0.6, 0.1, 0.9, 0.4])  # goat was changed to go at 3.4
    assert found.committed == pytest.approx([1.6, 1.1, 1.4, 0.9])
    assert found.final == pytest.approx([0.3])
    assert found.endpoint == pytest.approx([0.6])
    assert (found.rewrites, found.words) == (1, 4)


def test_what_is_final_before_the_end_is_told_is_not_waited_for() -> None:
    log = [*TALK[:4], shown(3.5, "So we go home.", final=True), told(3.6, SpeechEnded(3.2))]
    assert latency(log, REFERENCE).final == [0.0]


def test_an_utterance_waits_for_the_last_of_its_segments() -> None:
    log = [
        told(1.3, SpeechStarted(0.9)),
        shown(2.4, "So we", final=True, end=2.0),
        told(3.6, SpeechEnded(3.2)),
        shown(4.1, "go home", final=True, id="u2", start=2.0),
    ]
    found = latency(log, REFERENCE)
    assert found.final == pytest.approx([0.5])
    assert found.partial == pytest.approx([1.0, 0.5, 1.6, 1.1])


def test_words_that_move_to_a_segment_of_their_own_are_not_rewritten() -> None:
    log = [
        *TALK[:5],
        shown(3.9, "So we", final=True, end=2.0),
        shown(3.9, "go home", final=True, id="u2", start=2.0),
    ]
    found = latency(log, REFERENCE)
    assert found.rewrites == 1  # goat
    assert found.partial == pytest.approx([0.6, 0.1, 0.9, 0.4])


def test_text_that_is_withdrawn_is_rewritten_and_counts_as_nothing_said() -> None:
    gone = Segment(0.9, 3.2, text="So we go home", id="u1").noting(suspect="no speech")
    found = latency([*TALK[:5], told(3.9, SegmentUpdate(segment=gone))], REFERENCE)
    assert found.rewrites == 1 + 4
    assert (found.words, found.partial, found.final) == (0, [], [])


def test_words_that_are_not_in_the_reference_have_no_time() -> None:
    log = [*TALK[:5], shown(3.9, "So we stay home", final=True)]
    assert len(latency(log, REFERENCE).partial) == 3


def test_translations_are_another_matter() -> None:
    other = Told(9.0, SegmentUpdate(segment=Segment(0.9, 3.2, text="Wir gehen", id="u1"), target="de"))
    assert latency([*TALK, other], REFERENCE) == latency(TALK, REFERENCE)


def test_each_utterance_has_its_own_times() -> None:
    second = [replace(one, at=one.at + 10, event=later(one.event)) for one in TALK]
    words = [replace(word, start=word.start + 10, end=word.end + 10) for word in REFERENCE]
    once, twice = latency(TALK, REFERENCE), latency([*TALK, *second], [*REFERENCE, *words])
    both = once + once
    for name in ("first_partial", "partial", "committed", "final", "endpoint"):
        assert getattr(twice, name) == pytest.approx(getattr(both, name))
    assert (twice.rewrites, twice.words) == (both.rewrites, both.words)


def later(event: Event) -> Event:
    match event:
        case SegmentUpdate(segment=segment):
            return replace(event, segment=replace(segment.moved(10), id=segment.id + "'"))
        case SpeechStarted(at):
            return SpeechStarted(at + 10)
        case SpeechEnded(at):
            return SpeechEnded(at + 10)
        case _:
            raise AssertionError(event)


def test_nothing_said_is_told_as_nothing_measured() -> None:
    assert latency([], []).told["final_s"] == {"p50": None, "p95": None}
    assert Latency().told["rewrites_per_word"] is None


def test_quantiles() -> None:
    assert quantiles([0.0, 1.0, 2.0, 3.0, 4.0]) == {"p50": 2.0, "p95": 3.8}


@given(WORDS, WORDS)
def test_matched_words_are_equal_and_in_order(one: list[str], other: list[str]) -> None:
    pairs = matched(one, other)
    assert all(one[first] == other[second] for first, second in pairs)
    assert [first for first, _ in pairs] == sorted({first for first, _ in pairs})
    assert [second for _, second in pairs] == sorted({second for _, second in pairs})
    assert max(len(one), len(other)) - len(pairs) <= word_errors(one, other) <= len(one) + len(other) - 2 * len(pairs)


@given(WORDS.filter(bool), st.lists(st.integers(1, 11), min_size=1, max_size=6), st.floats(0.1, 2.0))
def test_who_shows_words_as_they_are_said_rewrites_none_and_shows_before_committing(
    words: list[str], steps: list[int], wait: float
) -> None:
    reference = [Word(float(n), n + 0.5, text=word) for n, word in enumerate(words)]
    ends = [min(n, len(words)) for n in sorted(set(steps))]
    log = [told(0.2, SpeechStarted(0.0))]
    log += [shown(n - 0.5 + wait, " ".join(words[:n]), start=0.0, end=n - 0.5) for n in ends]
    over = max(len(words), *ends) + 1.0 + wait
    log += [
        told(over, SpeechEnded(float(len(words)))),
        shown(over + wait, " ".join(words), final=True, start=0.0, end=len(words)),
    ]
    found = latency(log, reference)
    assert found.rewrites == 0
    assert len(found.partial) == len(words)
    assert all(0 < early <= late for early, late in zip(found.partial, found.committed, strict=True))
    assert found.final == pytest.approx([wait])


def test_words_as_they_sound() -> None:
    assert spoken("„Ja“, sagte er … - don't!") == ["ja", "sagte", "er", "don't"]
