"""Text cut into what a line may not cut, with the time of each part."""

# ruff: noqa: RUF001

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Segment, Word
from speechlab.formats.text import BREAKABLE, wide
from speechlab.formats.tokens import CLAUSE, INSIDE, SENTENCE, WORD, tokens, width
from speechlab.types.scripts import joined


def cut(text: str) -> list[str]:
    return [token.text for token in tokens(Segment(start=0, end=1, text=text))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("  Well-known  words,\nnew\tlines ", ["Well-known", "words,", "new", "lines"]),
        ("Quoi\u202f? Non\u00a0!", ["Quoi\u202f?", "Non\u00a0!"]),
        ("我们用Python写。好", ["我", "们", "用", "Python", "写。", "好"]),
        ("「はい」とキャラ", ["「は", "い」", "と", "キャ", "ラ"]),
        ("か\u3099き", ["か\u3099", "き"]),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),
        ("เขาไป", ["เขา", "ไป"]),
        ("ក្រុម", ["ក្រុ", "ម"]),
        ("བཀྲ་ཤིས", ["བཀྲ་", "ཤིས"]),
        ("e\u0301te\u0301 x", ["e\u0301te\u0301", "x"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_what_stays_whole(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@given(st.text())
def test_no_character_is_lost(text: str) -> None:
    assert "".join(cut(text)) == BREAKABLE.sub("", text)
    assert " ".join(cut(text)).split() != [] or not text.strip()


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("Yes. No, I", [SENTENCE, CLAUSE, WORD]),
        ('He said "yes." Then', [WORD, WORD, SENTENCE, WORD]),
        ("Dr. J. Bach e.g. that", [WORD, WORD, WORD, WORD, WORD]),
        ("好。天 气", [SENTENCE, WORD, WORD]),
        ("天气", [INSIDE, WORD]),
    ],
)
def test_where_a_line_may_end(text: str, stops: list[float]) -> None:
    assert [token.stop for token in tokens(Segment(start=0, end=1, text=text))] == stops


def test_an_engine_that_knows_the_words_of_a_script_without_spaces_is_believed() -> None:
    words = (Word(start=0, end=1, text="សួស្តី"), Word(start=1, end=2, text="លោក"))
    told = tokens(Segment(start=0, end=2, text="សួស្តីលោក", words=words))
    assert [(token.text, token.stop) for token in told] == [("សួ", INSIDE), ("ស្តី", WORD), ("លោ", INSIDE), ("ក", WORD)]


def test_lines_end_with_phrases_where_these_can_be_told() -> None:
    assert [token.stop for token in tokens(Segment(start=0, end=2, text="今天天气"))] == [INSIDE, WORD, INSIDE, WORD]
    assert cut("วันนี้อากาศดีมาก") == ["วัน", "นี้", "อากาศ", "ดี", "มาก"]


def test_times_are_those_of_the_words() -> None:
    words = (Word(start=1.0, end=1.5, text=" Hello"), Word(start=3.0, end=3.25, text=" world."))
    told = tokens(Segment(start=1, end=4, text="Hello world.", words=words))
    assert [(token.text, token.start, token.end) for token in told] == [("Hello", 1.0, 1.5), ("world.", 3.0, 3.25)]


def test_without_words_the_time_is_shared_by_characters() -> None:
    told = tokens(Segment(start=10, end=14, text="a bbb"))
    assert [(token.start, token.end) for token in told] == [(10, 11), (11, 14)]


def test_an_edited_text_keeps_the_rhythm_of_the_words() -> None:
    words = (Word(start=0, end=1, text="four"), Word(start=9, end=10, text="more"))
    told = tokens(Segment(start=0, end=10, text="ab cd!!", words=words))
    assert told[0].start == 0
    assert told[0].end < 1
    assert told[1].end == 10


def test_bad_word_times_neither_go_back_nor_leave_the_segment() -> None:
    words = (Word(start=0, end=9, text="a"), Word(start=4, end=5, text="b"), Word(start=3, end=30, text="c"))
    told = tokens(Segment(start=1, end=8, text="a b c", words=words))
    assert [(token.start, token.end) for token in told] == [(1, 4), (4, 4), (4, 8)]


def test_the_speaker_of_a_word_comes_before_the_speaker_of_its_segment() -> None:
    words = (Word(start=0, end=1, text="Hi", speaker="Ann"), Word(start=1, end=2, text="there"))
    told = tokens(Segment(start=0, end=2, text="Hi there", words=words, speaker="Bob"))
    assert [token.speaker for token in told] == ["Ann", "Bob"]


def test_width_counts_columns() -> None:
    assert width("ｗide") == 5
    assert width("\u200bשָׁלוֹם") == 4


def test_texts_are_joined_as_their_script_joins_them() -> None:
    assert joined([" Hello.", "", "你好！", "世界。", "World. "]) == "Hello. 你好！世界。 World."


def test_what_looks_like_markup_is_widened() -> None:
    assert wide("a <b> {c} \\N", "<{\\") == "a ＜b> ｛c} ＼N"
