"""Tokens to words: by blanks, or character by character where a script does without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

NO_BLANKS = {"zh", "ja", "th", "lo", "my", "yue", "km", "bo"}
"""Languages written without blanks between words."""
BROKEN = "\ufffd"
"""What part of a character decodes to."""
MOST_TOKENS = 4
"""A character has at most four bytes, and a token at least one."""


@dataclass
class TokenWord:
    """A word, and the tokens that are heard of it: punctuation belongs to its text and takes none of its time."""

    text: str
    first: int
    after: int


def split(tokenizer: Any, tokens: Sequence[int], language: str) -> list[TokenWord]:
    """The words of a text; what only opens one, as a bracket or a dash does, waits for it."""
    words: list[TokenWord] = []
    opening = ""
    for text, first, after in _characters(tokenizer, tokens):
        spoken = any(character.isalnum() for character in text)
        apart = not words or bool(opening) or text.startswith(" ")
        if spoken and (apart or language in NO_BLANKS):
            words.append(TokenWord((opening + text).strip(), first, after))
            opening = ""
        elif apart:
            opening += text
        else:
            words[-1].text += text
            words[-1].after = after if spoken else words[-1].after
    if opening.strip():
        if words:
            words[-1].text += opening.rstrip()
        else:
            words.append(TokenWord(opening.strip(), 0, len(tokens)))
    return words


def _characters(tokenizer: Any, tokens: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """The fewest tokens at a time that make whole characters, and which they are."""
    first = 0
    for after in range(1, len(tokens) + 1):
        text = tokenizer.decode(list(tokens[first:after]))
        if BROKEN not in text or after - first == MOST_TOKENS or after == len(tokens):
            yield text, first, after
            first = after
