"""Cutting loses nothing, and no piece is longer than a model can take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_ctranslate2.cutting import LONGEST, UNSEEN, Cutter
from speechlab_ctranslate2.tokens import Tokens, tokens

from speechlab import EngineUnavailable


class Characters(Tokens):
    """A token for each character; none for some."""

    def split(self, text: str) -> list[str]:
        return ["<unk>" if character in "🙂你é" else character for character in text]

    def join(self, tokens: object) -> str:
        raise NotImplementedError


@given(st.text(st.sampled_from("ab é你🙂\u200d.,。!?\n\t\0\u00ad1-"), max_size=900) | st.text(max_size=50))
@settings(max_examples=200, deadline=None)
def test_joined_the_pieces_are_the_text(text: str) -> None:
    pieces = list(Cutter(Characters())(text))
    assert "".join(piece.text for piece in pieces) == UNSEEN.sub("", text)
    for piece in pieces:
        assert len(piece.tokens) <= LONGEST
        assert not piece.tokens or (any(map(str.isalpha, piece.text)) and piece.text == piece.text.strip())


def test_long_texts_are_cut_at_the_best_places() -> None:
    cut = Cutter(Characters())
    sentences = [piece.text for piece in cut("It rained all day, and nobody came. " * 12) if piece.tokens]
    assert all(text.endswith("came.") for text in sentences)
    clauses = [piece.text for piece in cut("it rained all day, and nobody came, " * 12) if piece.tokens]
    assert all(text.endswith(",") for text in clauses)
    words = [piece.text for piece in cut("it rained all day and nobody came " * 12) if piece.tokens]
    assert set(" ".join(words).split()) == {"it", "rained", "all", "day", "and", "nobody", "came"}


def test_words_in_unknown_letters_go_around_and_letters_within_words_do_not() -> None:
    shown = [piece.text for piece in Cutter(Characters())("caf\u00e9 du 你 \u00e9 🙂🙂!") if piece.tokens]
    assert shown == ["caf\u00e9 du"]


@pytest.mark.parametrize("name", ["nllb-200-tiny", "m2m100-tiny", "opus-mt-en-fr"])
def test_tokens_give_the_text_back(checkpoint: Callable[[str], Path], name: str) -> None:
    found = tokens(checkpoint(name))
    for text in ("Hello world, how are you today?", "Good morning"):
        assert found.join(["<s>", *found.split(text), "</s>", "<pad>"]) == text
        assert found.knows(text)
    assert not found.knows("🙂")
    assert "</s>" not in found.split("</s>")
    assert "por_Latn" not in found.split("por_Latn")


def test_a_tokenizer_that_is_missing_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no tokenizer") as refused:
        tokens(tmp_path)
    assert "source.spm" in refused.value.hint
    for name in ("sentencepiece.bpe.model", "tokenizer.json"):
        (tmp_path / name).write_text("{")
        with pytest.raises(EngineUnavailable, match="cannot be read"):
            tokens(tmp_path)
