"""Words whose sounds are given: how they are written down, and where a text is parted at them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import ConfigError, PronouncingOptions, pronounced
from speechlab.params import check
from speechlab.speaking.sounds import between_marks, sounded, without_marks


@pytest.mark.parametrize(
    ("given_so", "entries"),
    [
        ({"gif": "/dʒif/"}, ("gif = dʒif",)),
        ("New  York = njujɔk\n\ngif=dʒif", ("New York = njujɔk", "gif = dʒif")),
        (["a = b = x"], ("a = b = x",)),
        ((), ()),
    ],
)
def test_a_table_or_lines_of_them(given_so: Any, entries: tuple[str, ...]) -> None:
    assert check(PronouncingOptions, {"pronunciations": given_so}, "x").pronunciations == entries


@pytest.mark.parametrize("given_so", [["gif"], ["gif ="], ["= x"], {"…": "x"}, 7])
def test_what_tells_no_sounds_is_refused_with_a_hint(given_so: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        check(PronouncingOptions, {"pronunciations": given_so}, "x")
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A gif, a GIF.", ["gif", "GIF"]),
        ("Gifts", []),
        ("In New\nYork", ["New\nYork"]),
        ("in new york", []),
        ("我爱好人", ["好"]),
        ("", []),
    ],
)
def test_words_are_found_whole(text: str, found: list[str]) -> None:
    parts = pronounced(text, ["gif = x", "New York = y", "York = z", "好 = w"])
    assert [part for part, sounds in parts if sounds] == found
    assert "".join(part for part, _ in parts) == text


WORDS = st.lists(st.tuples(st.sampled_from(["read", "Read", "a", "gif", "é"]), st.sampled_from(["", "", "x", "y"])))


@given(WORDS)
def test_each_word_sounds_as_it_was_marked_and_no_other_does(words: list[tuple[str, str]]) -> None:
    sentence = " ".join(between_marks(word) if sounds else word for word, sounds in words)
    lines = list(sounded(sentence, iter([sounds for _, sounds in words if sounds])))
    found = [part for text, entries in lines for part in pronounced(text, entries)]
    assert [part for part in found if part[1]] == [pair for pair in words if pair[1]]
    assert " ".join(text for text, _ in lines) == without_marks(sentence)


def test_a_word_that_is_cut_in_two_sounds_as_it_is_written() -> None:
    sounds = iter(["x", "y"])
    parted = [line for half in (between_marks("New York").split(" ")) for line in sounded(half, sounds)]
    assert parted == [("New", ()), ("York", ())]
    assert next(sounds) == "y"
