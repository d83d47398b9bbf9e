"""Text to a model's tokens and back, without transformers: by tokenizers or SentencePiece, whichever file is there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

from speechlab import EngineUnavailable

END, UNKNOWN = "</s>", "<unk>"


class Tokens(ABC):
    """How one model writes text. Tokens that mean something to it are never read out of a text."""

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """The tokens of a text."""

    @abstractmethod
    def join(self, tokens: Sequence[str]) -> str:
        """The text of tokens; those that mean something are left out."""

    def knows(self, text: str) -> bool:
        """Whether there are tokens for all of it."""
        return UNKNOWN not in self.split(text)


class _Fast(Tokens):
    """``tokenizer.json``."""

    def __init__(self, file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def split(self, text: str) -> list[str]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def join(self, tokens: Sequence[str]) -> str:
        ids = [one for one in map(self._tokenizer.token_to_id, tokens) if one is not None]
        return str(self._tokenizer.decode(ids, skip_special_tokens=True)).strip()


class _SentencePiece(Tokens):
    """One model for both languages, or ``source.spm`` and ``target.spm``."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source = SentencePieceProcessor(model_file=str(source))
        self._target = self._source if target == source else SentencePieceProcessor(model_file=str(target))

    def split(self, text: str) -> list[str]:
        return list(self._source.encode(text, out_type=str))

    def knows(self, text: str) -> bool:
        return self._source.unk_id() not in self._source.encode(text)

    def join(self, tokens: Sequence[str]) -> str:
        ids = [self._target.piece_to_id(token) for token in tokens]
        plain = [
            token
            for token, one in zip(tokens, ids, strict=True)
            if one != self._target.unk_id() and not self._target.is_control(one)
        ]
        return str(self._target.decode_pieces(plain)).strip()


def tokens(folder: Path) -> Tokens:
    """The tokens of the model in a folder. Raises EngineUnavailable where the files for them are missing or damaged."""
    shared = folder / "sentencepiece.bpe.model"
    source, target = folder / "source.spm", folder / "target.spm"
    try:
        if (file := folder / "tokenizer.json").exists():
            return _Fast(file)
        if shared.exists():
            return _SentencePiece(shared, shared)
        if source.exists() and target.exists():
            return _SentencePiece(source, target)
    except Exception as error:  # tokenizers raises nothing more precise, SentencePiece RuntimeError or OSError
        raise EngineUnavailable(
            f"the tokenizer in {folder} cannot be read: {error}", hint="fetch the model again"
        ) from error
    raise EngineUnavailable(
        f"{folder} holds no tokenizer",
        hint="put the checkpoint's tokenizer.json, sentencepiece.bpe.model, or source.spm and target.spm into it",
    )
