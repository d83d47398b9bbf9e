"""From which language a text is translated: told, heard, or read; and not guessed from a word or two."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from speechlab import Segment
from speechlab.translation import Guess, Sources, guesses
from speechlab.translation.identify import Identify, telling

WORDS = {"the": "en", "o": "pt", "je": "fr"}


class Reader:
    """Knows a language by its article, and is as sure as the test wants."""

    def __init__(self, confidence: float = 0.95) -> None:
        self.confidence = confidence
        self.seen: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[Guess | None]:
        self.seen += texts
        found = [[WORDS[word] for word in text.split() if word in WORDS] for text in texts]
        return [Guess(max(some, key=some.count), self.confidence) if some else None for some in found]


def said(text: str, language: str | None = None) -> Segment:
    return Segment(0, 1, text=text, id=text, language=language)


EN, PT, SHORT = "the cat sat down", "o gato fugiu logo", "OK"


def of(
    texts: list[Segment], identify: Identify = "unknown", told: str | None = None, sure: float = 0.95
) -> list[str | None]:
    return Sources(told, identify, Reader(sure)).of(texts)


def test_told_counts_then_heard_then_read() -> None:
    assert of([said(PT, "fr"), said(EN)], told="de") == ["de", "de"]
    assert of([said(PT, "fr"), said(EN)]) == ["fr", "en"]
    assert of([said(PT, "fr"), said(EN)], "never") == ["fr", None]


def test_nobody_reads_what_is_known() -> None:
    reader = Reader()
    assert Sources(None, "unknown", reader).of([said(EN, "en")]) == ["en"]
    assert reader.seen == []


def test_a_word_or_two_is_in_the_language_of_the_rest() -> None:
    assert of([said(SHORT)]) == [None]
    assert of([said(SHORT), said(PT), said("o"), said("o gato")]) == ["pt"] * 4
    sources = Sources(None, "unknown", Reader())
    assert sources.of([said(PT)]) == ["pt"]
    assert sources.of([said(SHORT)]) == ["pt"], "as what was said before"


def test_a_sentence_in_another_language_must_be_sure() -> None:
    mixed = [said(EN), said(EN), said(PT)]
    assert of(mixed) == ["en", "en", "pt"]
    assert of(mixed, sure=0.7) == ["en", "en", "en"], "unsure of each, sure enough of all together"
    assert of(mixed, sure=0.5) == [None, None, None]


def test_speakers_who_switch_are_read_whatever_was_told() -> None:
    mixed = [said(EN, "pt"), said(PT, "pt"), said(SHORT, "pt")]
    assert of(mixed, "always") == ["en", "pt", "pt"]
    assert of([said(EN), said(SHORT)], "always", told="en-GB") == ["en-GB", "en-GB"], "the same, as it was told"
    assert of(mixed, "always", sure=0.7) == ["pt", "pt", "pt"]


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("", False),
        ("OK then", False),
        ("1 2 3 4 5 6", False),
        ("the cat sat", True),
        ("私はここです", True),
        ("好", False),
    ],
)
def test_how_much_text_tells_a_language(text: str, enough: bool) -> None:
    assert telling(text) is enough


def test_addresses_are_in_no_language() -> None:
    assert of([said("see https://the.cat.example/o/gato www.je.example")]) == [None]


def test_answers_of_a_text_engine() -> None:
    told = guesses([{"language": {"code": "gl", "confidence": 0.8, "sure": False}}, {}, {"sentiment": {}}])
    assert told == [Guess("gl", 0.8), None, None]


def test_codes_that_nobody_knows_are_no_languages() -> None:
    odd = Sources(None, "unknown", lambda texts: [Guess("no language!", 1.0) for _ in texts])
    assert odd.of([said(EN)]) == [None]
