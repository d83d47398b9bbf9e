"""Text in Apertium's stream and back: nothing is lost, whatever it holds."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from speechlab_apertium.stream import MARK, UNSEEN, better, lines, loosened, read, written

ODD = st.text(st.sampled_from("aB1 \n\t\u00a0-.,~[]{}^$/\\@<>#*🙂é\u0301\0" + MARK) | st.characters(), max_size=40)


@given(ODD)
@example("a [b] \\[c] {d} https://example.com/a-b <i>x</i>  y\r\n z ")
@example("a\\")
def test_what_nobody_translates_comes_back_as_it_was(text: str) -> None:
    parts = list(lines(text))
    assert "".join(part for part, _ in parts) == unicodedata.normalize("NFC", UNSEEN.sub("", text))
    for part, translatable in parts:
        if translatable:
            assert read(written(part), part) == read(loosened(part), part) == part


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        (" a b\n", ["", " ", "a b", "\n", ""]),
        ("a\r\n\n  b\u2028c", ["a", "\r\n\n  ", "b", "\u2028", "c"]),
    ],
)
def test_lines_stay_apart(text: str, parts: list[str]) -> None:
    assert [part for part, _ in lines(text)] == parts


@pytest.mark.parametrize("line", ["", "123", "...", "🙂", "4 - 5"])
def test_what_holds_no_letter_is_not_translated(line: str) -> None:
    assert list(lines(line)) == [(line, False)]


def test_letters_are_composed_and_control_characters_left_out() -> None:
    assert list(lines("cafe\u0301\0\x07\ud800")) == [("café", True)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("see https://example.com/a-b_c.", r"see [https:\/\/example.com\/a-b_c]..[][" + "\n]"),
        ("<i>no</i> {\\an8} a@b.org @ana ~", r"[\<i\>]no[\<\/i\>] [\{\\an8\}] [a\@b.org] [\@ana] [~].[][" + "\n]"),
        ("a  b\tc", "a[  ]b[\t]c.[][\n]"),
    ],
)
def test_what_is_no_language_goes_around_the_rules(line: str, told: str) -> None:
    assert written(line) == told


@pytest.mark.parametrize(
    ("answer", "line", "told"),
    [
        (" Tiene  4 años ..[][\n]", "He is 4.", "Tiene 4 años."),
        ("Sí . .[][\n]", "Yes . ", "Sí ."),
        ("uno[  ]dos.  [] [\n]", "one  two", "uno  dos"),
        (f"ratones[{MARK}]de [{MARK}]4[{MARK}]-[{MARK}]x.[][\n]", "x", "ratones de 4-x"),
    ],
)
def test_blanks_that_rules_leave_are_tidied(answer: str, line: str, told: str) -> None:
    assert read(answer, line) == told


def test_an_answer_without_an_end_is_none() -> None:
    with pytest.raises(ValueError, match="no end"):
        read("uno", "one")


def test_of_two_answers_that_differ_in_blanks_the_one_with_them_is_taken() -> None:
    assert better("Ratonesde4meses.", "ratones de 4 meses.") == "ratones de 4 meses."
    assert better("tridimensional", "tres-dimensional") == "tridimensional"


@pytest.mark.timeout(60)  # a pattern that looks on from each character would take minutes
@pytest.mark.parametrize(
    "unit", ["a", "a.", " ", "a ", "<a ", "{", "http://", "www.!", "@", "a-b", "\\", "[", "é\u0301"]
)
def test_a_hundred_thousand_characters_take_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    parts = list(lines(text))
    told = "".join(read(written(part), part) for part, translatable in parts if translatable)
    assert told in text.replace("e\u0301", "é")
    assert len(told) == sum(len(part) for part, translatable in parts if translatable)
