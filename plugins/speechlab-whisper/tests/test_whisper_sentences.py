"""Words become sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_whisper.sentences import LONGEST, PAUSE, sentences

from speechlab import Word


def timed(text: str, *, each: float = 0.4, gaps: dict[int, float] | None = None) -> list[Word]:
    """The words of a text, one after the other; ``gaps`` are seconds of silence before the word of that number."""
    words, at = [], 0.0
    for i, word in enumerate(text.split()):
        at += (gaps or {}).get(i, 0.0)
        words.append(Word(at, at + each, text=" " + word))
        at += each
    return words


def lines(words: list[Word]) -> list[str]:
    return ["".join(word.text for word in run).strip() for run in sentences(words)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It rained. We stayed.", ["It rained.", "We stayed."]),
        ("Did it rain? Yes!", ["Did it rain?", "Yes!"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("Mr. Dashwood met Dr. J. Smith. They spoke.", ["Mr. Dashwood met Dr. J. Smith.", "They spoke."]),
        ("about 3.5 percent of it", ["about 3.5 percent of it"]),
        ("wait... what", ["wait... what"]),
        ("Wait... What?", ["Wait...", "What?"]),
        ("¿Qué? ¡Nada! Vamos.", ["¿Qué?", "¡Nada!", "Vamos."]),
        ("no end at all", ["no end at all"]),
    ],
)
def test_a_sentence_ends_at_its_full_stop(text: str, wanted: list[str]) -> None:
    assert lines(timed(text)) == wanted


def test_scripts_without_spaces_have_full_stops_too() -> None:
    words = [Word(i * 0.2, i * 0.2 + 0.2, text=sign) for i, sign in enumerate("你好。再见。")]
    assert lines(words) == ["你好。", "再见。"]


def test_a_long_pause_ends_a_sentence() -> None:
    assert lines(timed("ask not what", gaps={1: PAUSE + 0.1})) == ["ask", "not what"]
    assert lines(timed("ask not what", gaps={1: PAUSE / 2})) == ["ask not what"]


def test_a_sentence_that_does_not_end_is_cut_at_its_comma_or_pause() -> None:
    text = " ".join(f"word{i}" for i in range(25)) + ", " + " ".join(f"more{i}" for i in range(25))
    assert [len(line.split()) for line in lines(timed(text))] == [25, 25]
    text = " ".join(f"word{i}" for i in range(50))
    assert [len(line.split()) for line in lines(timed(text, gaps={20: 0.7}))] == [20, 30]


def test_no_words_no_sentences() -> None:
    assert lines([]) == []


WORDS = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.floats(0, 20),
        st.sampled_from([" a", " b,", " c.", " D", "。", " Mr.", '."', " ", "é", " 1.5"]),
    )
)


@given(WORDS)
def test_nothing_is_lost_and_nothing_is_too_long_but_a_single_word(parts: list[tuple[float, float, str]]) -> None:
    words, at = [], 0.0
    for gap, length, text in parts:
        words.append(Word(at + gap, at + gap + length, text=text))
        at += gap + length
    runs = list(sentences(words))
    assert [word for run in runs for word in run] == words
    assert all(len(run) == 1 or run[-1].end - run[0].start <= LONGEST for run in runs)
