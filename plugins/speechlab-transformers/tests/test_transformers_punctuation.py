"""Marks behind words, on checkpoints that tell of each word what is known here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_transformers import PunctuateOptions, PunctuateParams
from speechlab_transformers.marks import read
from speechlab_transformers.punctuation import OVERLAP, WINDOW, Punctuate, windows

from speechlab import Context, EngineFailed, EngineUnavailable


@pytest.fixture(scope="module")
def engine(build: Callable[[str], Path], context: Context) -> Punctuate:
    return Punctuate(PunctuateParams(model=str(build("punctuator"))), context)


def written(engine: Punctuate, *texts: str, **options: Any) -> list[str]:
    return engine.process(texts, ["en"] * len(texts), PunctuateOptions(**options))


def test_each_word_gets_its_mark(engine: Punctuate) -> None:
    assert written(engine, "hello you and fine there") == ["hello, you? and fine: there."]


def test_a_word_of_several_tokens_gets_one(engine: Punctuate) -> None:
    assert written(engine, "abc you zzz") == ["abc you? zzz"]


def test_texts_that_follow_each_other_are_read_as_one_and_stay_apart(engine: Punctuate) -> None:
    assert written(engine, "hello you", "", "and  there ") == ["hello, you?", "", "and there."]


def test_what_is_punctuated_stays_unless_all_is_made_anew(engine: Punctuate) -> None:
    texts = ("hello! you", "hello 3.14 you", "-")
    assert written(engine, *texts) == ["hello! you", "hello, 3.14 you?", "-"]
    assert written(engine, *texts, anew=True) == ["hello, you?", "hello, 3.14 you?", "-"]


def test_a_checkpoint_may_tell_the_case_too(build: Callable[[str], Path], context: Context) -> None:
    engine = Punctuate(PunctuateParams(model=str(build("punctuator_cased"))), context)
    assert written(engine, "hello you how are you") == ["Hello, you? How are you?"]


@pytest.mark.parametrize("batch_size", [1, 3])
def test_long_texts_go_through_in_windows(engine: Punctuate, batch_size: int) -> None:
    said = ["hello", "how", "are", "you", "and", "fine", "there"] * 100
    marks = ["hello,", "how", "are", "you?", "and", "fine:", "there."] * 100
    assert written(engine, " ".join(said), batch_size=batch_size) == [" ".join(marks)]


def test_words_that_do_not_fit_get_no_mark(engine: Punctuate) -> None:
    assert written(engine, " ".join(["x" * 90] * 20 + ["you"])) == [" ".join(["x" * 90] * 20 + ["you"])]


@given(st.integers(0, 2000))
def test_windows_tell_of_each_word_once_and_away_from_their_edges(count: int) -> None:
    told = [number for _, _, first, last in windows(count) for number in range(first, last)]
    assert told == list(range(count))
    for begin, end, first, last in windows(count):
        assert begin <= first <= last <= end <= begin + WINDOW
        assert first - begin >= OVERLAP // 2 or begin == 0
        assert end - last >= OVERLAP // 2 or end == count


def test_other_token_classifiers_are_refused(build: Callable[[str], Path], context: Context) -> None:
    with pytest.raises(EngineUnavailable, match=r"does not punctuate.*'NOUN'"):
        Punctuate(PunctuateParams(model=str(build("tagger"))), context)


def test_labels_of_known_checkpoints_are_understood() -> None:
    fullstop, cased = read(dict(enumerate(["0", ".", ",", "?", "-", ":"])))
    assert not cased
    assert [mark.behind for mark in fullstop] == ["", ".", ",", "?", "", ":"]
    felflare = ["OU", "OO", ".O", "!O", ",O", ".U", "!U", ",U", ":O", ";O", ":U", "'O", "-O", "?O", "?U"]
    marks, cased = read(dict(enumerate(felflare)))
    assert cased
    assert [mark.on("a") for mark in marks[:6]] == ["A", "a", "a.", "a!", "a,", "A."]
    assert [mark.behind for mark in marks[11:13]] == ["", ""]
    with pytest.raises(ValueError, match="B-PER"):
        read({0: "O", 1: "B-PER"})


def test_a_closed_engine_says_so(build: Callable[[str], Path], context: Context) -> None:
    engine = Punctuate(PunctuateParams(model=str(build("punctuator"))), context)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        written(engine, "hello")
