"""What a token classifier's labels mean: the punctuation mark behind a word, and maybe its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NONE = frozenset({"0", "O", "LABEL0", "NONE", "NULL", "-", "HYPHEN", "DASH"})
"""No mark; a dash would be a word of its own, which nobody said."""
MARKS = frozenset(".,?!:;…。，、？！：；।؟،")  # noqa: RUF001
NAMES = {
    "PERIOD": ".",
    "FULLSTOP": ".",
    "COMMA": ",",
    "QUESTION": "?",
    "QUESTIONMARK": "?",
    "EXCLAMATION": "!",
    "EXCLAMATIONMARK": "!",
    "COLON": ":",
    "SEMICOLON": ";",
}
"""How some checkpoints call the marks."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is written of one word."""

    behind: str = ""
    capital: bool | None = None
    """Whether it begins with a capital letter; None where the checkpoint does not tell."""

    def on(self, word: str) -> str:
        """The word with the mark."""
        if self.capital:
            word = word[:1].upper() + word[1:]
        return word + self.behind


def read(labels: Mapping[int, str]) -> tuple[list[Mark], bool]:
    """What each label means, in their order, and whether they tell the case too. Raises ValueError with the first one
    that means no mark.

    >>> read({0: "0", 1: ".", 2: "COMMA"})[0]
    [Mark(behind='', capital=None), Mark(behind='.', capital=None), Mark(behind=',', capital=None)]
    >>> read({0: "OU", 1: "?O"})
    ([Mark(behind='', capital=True), Mark(behind='?', capital=False)], True)
    """
    told = [labels[number] for number in sorted(labels)]
    cased = all(len(label) == 2 and label[1] in "UO" and (label[0] in MARKS or label[0] in "O'-") for label in told)
    if cased:
        return [Mark(label[0] if label[0] in MARKS else "", label[1] == "U") for label in told], True
    return [_plain(label) for label in told], False


def _plain(label: str) -> Mark:
    name = label.upper().replace("_", "").replace(" ", "")
    if name in NONE:
        return Mark()
    if label in MARKS:
        return Mark(label)
    if name in NAMES:
        return Mark(NAMES[name])
    raise ValueError(label)
