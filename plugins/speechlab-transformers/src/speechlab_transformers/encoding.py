"""Text to tokens for each style of translation checkpoint: where the languages are told, and what a text may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from speechlab import ConfigError, EngineUnavailable, Languages

from .tongues import Style, Tongues


@dataclass(frozen=True)
class Way:
    """From one language into another, in the checkpoint's own terms."""

    source: str
    """Its code; empty where it need not be told."""
    target: int | None
    """The token that stands for the target; None where there is but one."""


class Encoder(Protocol):
    """How a checkpoint is told what to do."""

    def way(self, source: str | None, target: str) -> Way:
        """For BCP-47 tags. Raises ConfigError for a language that it does not know."""

    def tokens(self, text: str, way: Way) -> list[int]:
        """A text for the network to read, with all that it is told besides."""

    def first(self, way: Way) -> int | None:
        """The token that the translation has to begin with, if there is one."""


class Multilingual:
    """NLLB and M2M-100: the source is told before the text, the target is the first token that is written."""

    def __init__(self, tokenizer: Any, tongues: Tongues, name: str) -> None:
        self._tokenizer, self._name = tokenizer, name
        self._tokens = _numbers(tokenizer, tongues, name)
        self._languages = Languages(self._tokens)

    def way(self, source: str | None, target: str) -> Way:
        """See :class:`Encoder`."""
        if source is None:
            raise ConfigError(
                f"{self._name} has to be told which language the text is in",
                hint='say it: source = "en" in a pipeline, source="en" from Python',
            )
        code = _code(self._languages, source, "from", self._name)
        return Way(code, self._tokens[_target(self._languages, source, target, self._name)])

    def tokens(self, text: str, way: Way) -> list[int]:
        """See :class:`Encoder`. What looks like one of its special tokens is read as text."""
        self._tokenizer.src_lang = way.source
        tokens: list[int] = self._tokenizer(text, split_special_tokens=True).input_ids
        return tokens

    def first(self, way: Way) -> int | None:
        """See :class:`Encoder`."""
        return way.target


class Marian:
    """Opus-MT: one source, or a family that is not told apart; where it writes several languages, the text begins with
    the one to write."""

    def __init__(self, tokenizer: Any, tongues: Tongues, name: str) -> None:
        self._tokenizer, self._name = tokenizer, name
        self._tokens = _numbers(tokenizer, tongues, name) if tongues.tokens else {}
        self._sources = tongues.sources
        self._targets = Languages(self._tokens) if self._tokens else tongues.targets

    def way(self, source: str | None, target: str) -> Way:
        """See :class:`Encoder`."""
        if source is not None and self._sources is not None:
            _code(self._sources, source, "from", self._name)
        return Way("", self._tokens.get(_target(self._targets, source, target, self._name)))

    def tokens(self, text: str, way: Way) -> list[int]:
        """See :class:`Encoder`. Punctuation is made plain, as it was in what these networks learnt from."""
        plain: str = self._tokenizer.normalize(text)
        if plain.startswith(">>"):  # a quotation, but a language to the tokenizer
            plain = f" {plain}"
        tokens: list[int] = self._tokenizer(plain, split_special_tokens=True).input_ids
        return tokens if way.target is None else [way.target, *tokens]

    def first(self, way: Way) -> int | None:
        """See :class:`Encoder`."""
        return None


ENCODERS: dict[Style, Callable[[Any, Tongues, str], Encoder]] = {
    "nllb": Multilingual,
    "m2m100": Multilingual,
    "marian": Marian,
}


def _numbers(tokenizer: Any, tongues: Tongues, name: str) -> dict[str, int]:
    """The target's tokens as numbers, by code: without those that the tokenizer would take for unknown words.

    Raises EngineUnavailable where it knows none.
    """
    numbers = {code: tokenizer.convert_tokens_to_ids(token) for code, token in tongues.tokens.items()}
    known = {code: number for code, number in numbers.items() if number not in (None, tokenizer.unk_token_id)}
    if not known:
        raise EngineUnavailable(
            f"the tokenizer of {name} does not know the languages of its own checkpoint",
            hint="fetch its tokenizer.json too; the SentencePiece model alone does not hold them",
        )
    return known


def _code(languages: Languages, tag: str, direction: Literal["from", "into"], name: str) -> str:
    try:
        return languages.code(tag)
    except ConfigError as error:
        raise ConfigError(f"{name} does not translate {direction} {tag!r}", hint=error.hint) from None


def _target(languages: Languages, source: str | None, target: str, name: str) -> str:
    code = _code(languages, target, "into", name)
    if source is not None and source in languages and languages.code(source) == code:
        raise ConfigError(f"the text is in {target} already", hint="choose another language to translate into")
    return code
