"""Commit policies: what they promise, whatever is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Word
from speechlab.stages.commit import POLICIES, FinalAtSilence, LocalAgreement, TimeStable, bare, common, covering, onto

texts = st.lists(st.sampled_from(["so", "we", "go", "home", "now", "So,", "home."]), max_size=8)


def said(*spoken: str) -> list[Word]:
    return [Word(0.3 * n, 0.3 * n + 0.3, text=text) for n, text in enumerate(spoken)]


def bares(words: list[Word]) -> list[str]:
    return [bare(word.text) for word in words]


def test_two_looks_that_agree_commit_what_they_agree_on() -> None:
    policy = LocalAgreement()
    assert policy.settled(said("so", "we"), 1.0) == 0
    assert policy.settled(said("So,", "we", "go"), 2.0) == 2
    assert policy.settled(said("so", "he", "goes", "home"), 3.0) == 1


def test_what_stands_for_a_second_is_stable() -> None:
    policy = TimeStable(1.0)
    assert policy.settled(said("so"), 1.0) == 0
    assert policy.settled(said("so", "we"), 1.6) == 0
    assert policy.settled(said("so", "we", "go"), 2.0) == 1
    assert policy.settled(said("so", "we", "go"), 2.6) == 2
    assert policy.settled(said("he", "we", "go"), 9.0) == 0


def test_at_silence_nothing_is_committed_before() -> None:
    assert FinalAtSilence().settled(said("so"), 9.0) == 0


@pytest.mark.parametrize("name", POLICIES)
@given(looks=st.lists(texts, max_size=6))
def test_a_policy_never_commits_more_than_there_is(name: str, looks: list[list[str]]) -> None:
    policy = POLICIES[name]()  # type: ignore[index]  # its keys are literals
    for number, look in enumerate(looks):
        assert 0 <= policy.settled(said(*look), float(number)) <= len(look)


@given(committed=texts, heard=texts)
def test_what_is_committed_is_never_said_otherwise(committed: list[str], heard: list[str]) -> None:
    whole = onto(said(*committed), said(*heard))
    assert bares(whole)[: len(committed)] == [bare(text) for text in committed]


@given(committed=texts, more=texts)
def test_what_agrees_is_taken_as_it_is_spelled_now(committed: list[str], more: list[str]) -> None:
    heard = said(*(text.upper() for text in committed), *more)
    assert onto(said(*committed), heard) == heard


@given(committed=texts, heard=texts)
def test_what_is_covered_lies_within_what_is_heard(committed: list[str], heard: list[str]) -> None:
    assert 0 <= covering(committed, heard) <= len(heard)
    assert covering(heard, heard) == len(heard)


@given(one=texts, other=texts)
def test_what_both_begin_with_is_the_longest_such(one: list[str], other: list[str]) -> None:
    same = common(one, other)
    assert one[:same] == other[:same]
    assert same in (len(one), len(other)) or one[same] != other[same]


def test_a_word_put_in_before_what_is_committed_takes_nothing_away() -> None:
    whole = onto(said("we", "go", "home"), said("so", "we", "go", "home", "now"))
    assert [word.text for word in whole] == ["we", "go", "home", "now"]
