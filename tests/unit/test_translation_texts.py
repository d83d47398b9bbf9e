"""Text is cut, protected, sent in batches and joined again, and nothing of it is lost on the way."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import ConfigError
from speechlab.translation import Manner, Terms, as_recording, cut, glossary, protected, translated
from speechlab.translation.protection import MARK

ANY = st.text(max_size=300) | st.text(alphabet="ab .,!?\n\r\t\0X1é好。ก\u2028\ud800🙂", max_size=200)
PROSE = st.lists(
    st.sampled_from(["Ada", "met", "Bob", "speech lab", "X1X", "in", "Oslo.", "Why?", "好", "\n"]), max_size=30
)


def same(pieces: Sequence[str]) -> Sequence[str]:
    return pieces


class Engine:
    """A translator that writes capitals, and notes what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, pieces: Sequence[str]) -> list[str]:
        self.batches.append(list(pieces))
        return [piece.upper() for piece in pieces]


def once(text: str, manner: Manner | None = None, ask: object = None) -> str:
    [told] = translated([text], ask or Engine(), manner or Manner())  # type: ignore[arg-type]  # a test's engine
    return told


# -- cutting -----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(ANY, st.integers(1, 60), st.sampled_from([None, "en", "zh", "th", "tlh"]), st.booleans())
def test_a_cut_text_is_the_text(text: str, longest: int, language: str | None, together: bool) -> None:
    parts = cut(text, longest, language, together=together)
    assert str(parts) == text
    assert all(0 < len(piece) <= longest and piece == piece.strip() for piece in parts.pieces)
    assert all(any(map(str.isalpha, piece)) for piece in parts.pieces)
    assert not re.search("[\0\n\r\u2028\ud800]", "".join(parts.pieces))


@settings(deadline=None)
@given(st.lists(st.text(alphabet=string.ascii_letters + " .", max_size=120), max_size=8))
def test_what_a_translator_leaves_alone_stays_as_it_was(texts: list[str]) -> None:
    assert list(translated(texts, same, Manner(longest=20, batch=50))) == texts


def test_abbreviations_end_no_sentence_and_lines_stay_lines() -> None:
    assert cut("Dr. Smith came. He left.\r\n\r\nThen:\trest", 100, "en").pieces == (
        "Dr. Smith came.",
        "He left.",
        "Then:\trest",
    )


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("- Who's there?\n-Me.", ("Who's there?", "Me.")),
        ("♪ la la ♪\n* an item", ("la la ♪", "an item")),
        ("— ¿Qué?", ("¿Qué?",)),
        ("-5 degrees", ("-5 degrees",)),
    ],
)
def test_what_a_line_is_led_by_is_no_part_of_its_sentence(text: str, pieces: tuple[str, ...]) -> None:
    made = cut(text, 100)
    assert (made.pieces, str(made)) == (pieces, text)


def test_a_long_sentence_is_cut_at_clauses_else_at_words() -> None:
    clauses = "when it rains, we stay at home, and when the sun shines, we go out"
    assert cut(clauses, 40).pieces == ("when it rains, we stay at home,", "and when the sun shines, we go out")
    assert cut("one two three four five six", 14).pieces == ("one two three", "four five six")
    assert cut("我" * 30, 16).pieces == ("我" * 15, "我" * 15)


def test_ten_thousand_characters_come_through_whole() -> None:
    text = "All work and no play makes Jack a dull boy, doesn't it? " * 180
    engine = Engine()
    assert once(text, Manner(longest=40), engine) == text.upper()
    assert max(len(piece) for batch in engine.batches for piece in batch) <= 40
    assert once("word " * 20_000) == "WORD " * 20_000


@pytest.mark.parametrize("text", ["", "  ", "\n", "🙂 1234 --- ?!", "\0\x07", "12:30", "a" * 5_000])
def test_what_says_nothing_is_never_sent(text: str) -> None:
    engine = Engine()
    assert once(text, Manner(), engine) == text
    assert engine.batches == []


def test_spaces_between_sentences_are_as_the_target_wants_them() -> None:
    chinese = {"Hi.": "你好。", "Go on.": "继续。", "你好。": "Hi.", "继续。": "Go on.", "Hm.": "อืม", "Yes.": "ใช่"}

    def ask(pieces: Sequence[str]) -> list[str]:
        return [chinese[piece] for piece in pieces]

    assert once("Hi. Go on.\nHi.", ask=ask) == "你好。继续。\n你好。"
    assert once("你好。继续。", Manner(language="zh"), ask) == "Hi. Go on."
    assert once("Hm. Yes.", ask=ask) == "อืม ใช่"


def test_what_nothing_comes_back_for_stays() -> None:
    assert once("One. Two.", ask=lambda pieces: ["" if piece == "One." else "2." for piece in pieces]) == "One. 2."


# -- batches -----------------------------------------------------------------------------------------------------------


def test_batches_are_bound_by_characters_sorted_by_length_and_told_as_they_are_done() -> None:
    engine = Engine()
    told = translated((f"{'word ' * size}end." for size in (8, 2, 5, 1, 9)), engine, Manner(batch=80))
    assert next(told).startswith("WORD")
    assert len(engine.batches) == 1, "the first is told before the last is sent"
    assert len(list(told)) == 4
    assert all(sum(map(len, batch)) <= 80 for batch in engine.batches)
    assert all([*map(len, batch)] == sorted(map(len, batch)) for batch in engine.batches)


def test_equal_pieces_are_sent_once() -> None:
    engine = Engine()
    assert list(translated(["Yes. Yes.", "Yes."], engine, Manner())) == ["YES. YES.", "YES."]
    assert engine.batches == [["Yes."]]


def test_sentences_stay_together_for_who_makes_use_of_it() -> None:
    engine = Engine()
    once("One. Two. Three.", Manner(longest=10, together=True), engine)
    assert sorted(engine.batches[0]) == ["One. Two.", "Three."]


# -- glossaries --------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(PROSE, st.dictionaries(st.sampled_from(["Ada", "Bob", "speech lab", "好", "in"]), st.sampled_from(["", "Eva"])))
def test_any_glossary_with_an_engine_that_keeps_marks(words: list[str], terms: dict[str, str]) -> None:
    """The engine changes all that is not protected; what is left after the terms are taken out is in capitals."""
    text = " ".join(words)
    held = protected(text, Terms(terms, "pt"))
    told = once(text, Manner(terms=Terms(terms, "pt")))
    for found, becomes in held.terms.values():
        assert becomes in told, (found, told)
    assert len(re.findall(r"\bX1X\b", told)) == len(re.findall(r"\bX1X\b", text)), "no mark is left, and none is taken"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda piece: MARK.sub("", piece), id="lost"),
        pytest.param(lambda piece: MARK.sub(r"\g<0> \g<0>", piece), id="twice"),
        pytest.param(lambda piece: MARK.sub("X99X", piece), id="another"),
    ],
)
def test_where_a_mark_does_not_come_back_the_rest_is_translated_around_it(spoil: object) -> None:
    terms = Terms({"Ada": "", "speech lab": "laboratório"}, "pt")
    text = 'Then Ada said: "speech lab", twice.'
    told = once(text, Manner(terms=terms), lambda pieces: [spoil(piece).upper() for piece in pieces])  # type: ignore[operator]
    assert told == 'THEN Ada SAID: "laboratório", TWICE.'


def test_what_is_nothing_but_terms_is_not_sent() -> None:
    engine = Engine()
    assert once("Ada, Bob!", Manner(terms=Terms({"Ada": "Eva", "bob": ""}, "pt")), engine) == "Eva, Bob!"
    assert engine.batches == []


def test_whole_words_the_longest_first_in_their_case() -> None:
    told = Terms({"Ada": "", "Ada Lovelace": "A. L.", "us": "nós", "US": "EUA"}, "pt").found("ada Ada Adaline Us US")
    assert [(start, becomes) for start, _, becomes in told] == [(4, "Ada"), (16, "nós"), (19, "EUA")]
    assert once("Machine learning.", Manner(terms=Terms({"machine learning": "aprendizado"}, "pt"))) == "Aprendizado."


def test_addresses_stay_as_they_are() -> None:
    engine = Engine()
    text = "Write to ana.b@example.com, or see https://example.com/a?b=c.d. It is at www.example.com!"
    told = once(text, Manner(terms=Terms({"example": "exemplo"}, "pt")), engine)
    assert told == "WRITE TO ana.b@example.com, OR SEE https://example.com/a?b=c.d. IT IS AT www.example.com!"
    assert sorted(engine.batches[0]) == ["It is at X3X!", "Write to X1X, or see X2X."]
    assert once("http://example.com", ask=engine) == "http://example.com"
    assert len(engine.batches) == 1


def test_a_term_in_each_language() -> None:
    terms = glossary({"cat": {"pt": "gato", "fr": "chat"}, "Ada": ""})
    assert once("cat Ada", Manner(terms=Terms(terms, "pt-BR"))) == "gato Ada"
    assert once("cat Ada", Manner(terms=Terms(terms, "de"))) == "CAT Ada"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'Ada = ""\n"speech lab" = {pt = "laboratório"}\n'),
        ("a.csv", 'term,pt\nAda,""\nspeech lab,laboratório\n'),
        ("a.tsv", "term\tpt\nAda\t\nspeech lab\tlaboratório\n"),
    ],
)
def test_glossaries_in_files(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    terms = Terms(glossary(str(path)), "pt")
    assert [becomes for *_, becomes in terms.found("Ada at the speech lab")] == ["Ada", "laboratório"]


def test_a_plain_table_of_two_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Ada\ncat, gato\n", encoding="utf-8")
    assert glossary(tmp_path / "a.csv") == {"Ada": "", "cat": "gato"}
    assert glossary(["Ada =", "cat = gato"]) == glossary("Ada = \ncat = gato") == {"Ada": "", "cat": "gato"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (7, "is a table of terms"),
        ({"": "x"}, "empty term"),
        ({"Ada": 7}, "does not say in words what 'Ada' becomes"),
        ("missing.toml", "cannot be read: No such file"),
        ("a\0.toml", "cannot be read"),
    ],
)
def test_what_is_no_glossary_is_refused(given: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        glossary(given)
    assert "write" in refused.value.hint


def test_a_file_that_is_no_glossary(tmp_path: Path) -> None:
    for name, text in {"a.txt": "Ada", "a.toml": "Ada ="}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(ConfigError, match=name):
            glossary(tmp_path / name)


# -- a text as a recording ---------------------------------------------------------------------------------------------


def test_lines_are_segments_and_long_lines_are_cut_by_sentences() -> None:
    long = "This is a sentence of some length, as they are written. " * 5
    recording = as_recording(f"One. Two.\r\n\r\n  {long}\nLast", "en")
    assert [s.text for s in recording.transcript] == ["One. Two.", *[long[:55]] * 5, "Last"]
    assert [s.id for s in recording.transcript] == sorted(s.id for s in recording.transcript)
    assert {s.language for s in recording.transcript} == {"en"}
    assert not as_recording(" \n\n").transcript.segments
