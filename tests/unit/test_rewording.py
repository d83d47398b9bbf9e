"""A segment with another text keeps the times of its words as well as they can be kept."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from speechlab import Segment, Word
from speechlab.stages.rewording import reworded

WORDS = st.lists(st.sampled_from(["one", "two", "twenty", "three", "Hello,", "hello", "東京", "都", "x.", "-"]))


def segment(*texts: str) -> Segment:
    words = tuple(Word(2.0 * n, 2.0 * n + 1, text=text, confidence=0.9 - n / 100) for n, text in enumerate(texts))
    return Segment(0, 2.0 * len(texts), text=" ".join(texts), words=words)


def told(one: Segment) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for word in one.words]


def test_case_and_punctuation_move_nothing() -> None:
    assert told(reworded(segment("hello", "you"), "Hello, you!")) == [("Hello,", 0, 1), ("you!", 2, 3)]


def test_a_number_takes_the_time_of_its_words() -> None:
    number = reworded(segment("we", "are", "twenty", "three", "now"), "we are 23 now").words[2]
    assert (number.text, number.start, number.end) == ("23", 4, 7)
    assert number.confidence == 0.9 - 3 / 100, "as sure as the least sure"


def test_words_that_come_instead_share_the_time_by_their_length() -> None:
    assert told(reworded(segment("dont", "go"), "do not go"))[:2] == [("do", 0, 0.4), ("not", 0.4, 1)]


def test_a_word_that_nobody_said_takes_no_time_and_one_that_goes_leaves_a_hole() -> None:
    assert told(reworded(segment("a", "c"), "a b c")) == [("a", 0, 1), ("b", 1, 1), ("c", 2, 3)]
    assert told(reworded(segment("a", "uh", "c"), "a c")) == [("a", 0, 1), ("c", 4, 5)]


def test_where_no_spaces_are_written_characters_keep_their_times() -> None:
    one = Segment(0, 2, text="今天好", words=(Word(0, 1, text="今天"), Word(1, 2, text="好")))
    assert told(reworded(one, "今天、好。")) == [("今", 0, 0.5), ("天、", 0.5, 1), ("好。", 1, 2)]


def test_what_was_told_of_the_old_text_goes() -> None:
    extra = {"entities": [], "sentiment": {"compound": 1.0}, "avg_logprob": -0.2}
    assert reworded(segment("a").noting(**extra), "b").extra == {"avg_logprob": -0.2}


def test_without_words_there_are_none() -> None:
    assert reworded(Segment(0, 1, text="a"), "b").words == ()


@given(WORDS, WORDS)
def test_the_words_are_the_text_and_stay_in_order_and_in_the_segment(old: list[str], new: list[str]) -> None:
    made = reworded(segment(*old), " ".join(new))
    assert made.text == " ".join(new)
    if old:
        assert "".join(word.text for word in made.words) == "".join(new)
    assert all(before.start <= after.start for before, after in pairwise(made.words))
    assert all(made.start <= word.start <= word.end <= made.end for word in made.words)
    again = reworded(made, made.text)
    assert again == made
