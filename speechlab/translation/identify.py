"""From which language each text is translated: what somebody told counts, then what was heard, then how it reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from ..errors import ConfigError
from ..languages import same, standard
from ..types import Segment
from ..types.scripts import spaceless
from .glossary import ADDRESS

Identify = Literal["unknown", "always", "never"]
LEAST = 0.6
"""Confidence below which no language is told of a text: of 1000 sentences in ten languages, some of them close,
fastText knows 97 % above it, and takes 1 % for another."""
SURE = 0.9
"""Confidence from which one text counts as in another language than the texts around it, or than it was heard in: 87 %
of those sentences, none of them wrong; of their first eight words 80 %, 0.5 % of them wrong."""
WORDS, LETTERS = 3, 6
"""Of fewer words or letters no language is told: a word or two read alike in several."""
SPACELESS_LETTERS = 5
"""The same, in scripts that write no spaces."""


class Guess(NamedTuple):
    """How a text reads."""

    language: str
    confidence: float


class Sources:
    """Knows the languages of one stream or recording as it goes on."""

    def __init__(
        self, told: str | None, identify: Identify, guess: Callable[[Sequence[str]], Sequence[Guess | None]]
    ) -> None:
        self._told, self._identify, self._guess = told, identify, guess
        self._letters: Counter[str] = Counter()
        """How much was found to be in each language."""

    def of(self, segments: Sequence[Segment]) -> list[str | None]:
        """The language of each; None where nobody can tell."""
        known = [self._told or segment.language for segment in segments]
        if self._identify == "always":
            sure = self._looked([segment.text for segment in segments], SURE)
            known = [_finer(one, other) for one, other in zip(sure, known, strict=True)]
        unknown = [number for number, language in enumerate(known) if language is None]
        if not unknown or self._identify == "never":
            return known
        found = self._filled([segments[number].text for number in unknown])
        for number, language in zip(unknown, found, strict=True):
            known[number] = language
        return known

    def _filled(self, texts: list[str]) -> list[str | None]:
        """Each by itself where that is sure, else as all of them together, else as those before them."""
        alone = self._looked(texts, SURE)
        [together] = self._looked([" ".join(texts)], LEAST)
        usual = together or (self._letters.most_common(1)[0][0] if self._letters else None)
        found = [one or usual for one in alone]
        self._letters.update({one: len(text) for one, text in zip(found, texts, strict=True) if one})
        return found

    def _looked(self, texts: list[str], least: float) -> list[str | None]:
        texts = [re.sub(ADDRESS, " ", text) for text in texts]
        looked = [number for number, text in enumerate(texts) if telling(text)]
        found: list[str | None] = [None] * len(texts)
        guesses = self._guess([texts[number] for number in looked]) if looked else []
        for number, guess in zip(looked, guesses, strict=True):
            if guess is not None and guess.confidence >= least:
                found[number] = _standard(guess.language)
        return found


def telling(text: str) -> bool:
    """Whether there is enough of a text to tell its language.

    >>> telling("OK then"), telling("We are on our way."), telling("我们在路上")
    (False, True, True)
    """
    letters = [character for character in text if character.isalpha()]
    if sum(map(spaceless, letters)) >= SPACELESS_LETTERS:
        return True
    return len(letters) >= LETTERS and len(text.split()) >= WORDS


def guesses(answers: Sequence[Any]) -> list[Guess | None]:
    """What a text engine with the feature ``language_id`` answered."""
    told = [answer.get("language") for answer in answers]
    return [Guess(str(one["code"]), float(one.get("confidence", 1.0))) if one else None for one in told]


def _finer(found: str | None, known: str | None) -> str | None:
    """The language found, under the name that was told before where both mean the same."""
    return known if found is None or (known is not None and same(found, known)) else found


def _standard(tag: str) -> str | None:
    try:
        return standard(tag)
    except ConfigError:
        return None
