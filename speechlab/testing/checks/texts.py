"""What translators and engines for text promise: one answer for one text, and nothing that the text does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import pytest

from ...engines import SentenceSplitter, TextAnnotator, TextProcessor
from ...errors import ConfigError
from ...languages import standard
from ...translation import Manner, refused, translated
from ..subject import Subject

TEXTS = ("Hello.", "", "Two sentences. Indeed, two.", "1234", "¿Qué?", "🙂", "Ask John Smith, john@example.com. ")
"""What may be written, some of it odd."""
ODD_TEXTS = (
    "e\u0301te\u0301",
    "\u202babc\u202c \u200e",
    "soft\u00adhyphen zero\u200bwidth",
    "👩\u200d👩\u200d👧 ok",
    "<i>tag</i> {brace} [x] $y ^z/ @a \\ end",
    '{"json": "value"}',
    "a\tb\u00a0c\u3000d",
    "ALL CAPITALS AND no, none",
    "\U0001d4d7\U0001d4ee",
    "x" * 120,
)
"""What stands in texts beside plain words: marks, joiners, tags, signs that mean something to programs."""
LONG = 10_000
SHRINKS = 10
"""No language takes fewer characters than such a share of those of English."""
LACKED = "tlh"
"""Klingon."""
LANGUAGES: tuple[str | None, ...] = ("en", None, "en", "zh-Hant", "es", "tlh", "en")
"""What is told of their languages; nobody knows of one, and hardly anybody speaks another."""


def check_translates_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and no texts where none went in."""
    engine, pair, options = subject.engine, (subject.source, subject.target), subject.options
    _one_for_one(engine.translate(list(TEXTS), *pair, options))
    assert list(engine.translate([], *pair, options)) == []


def check_translates_odd_texts(subject: Subject) -> None:
    """Whatever a piece of text holds that the host sends, something comes back for it."""
    odd = list(ODD_TEXTS)
    told = list(subject.engine.translate(odd, subject.source, subject.target, subject.options))
    assert len(told) == len(odd), f"{len(odd)} texts became {len(told)}"
    for text, became in zip(odd, told, strict=True):
        assert isinstance(became, str), f"{text!r} became {became!r}"


def check_translates_long_texts_whole(subject: Subject) -> None:
    """As long a text as its card says comes through, and 10,000 characters cut by the host."""
    engine, longest = subject.engine, subject.spec.longest

    def ask(texts: Sequence[str]) -> list[str]:
        return list(engine.translate(list(texts), subject.source, subject.target, subject.options))

    line = "".join(f"There were {number} people in the garden. " for number in range(21, 21 + LONG // 30))
    alone = line[: min(longest, LONG)].rpartition(" ")[0]
    [whole] = ask([alone])
    assert len(whole) >= len(alone) / SHRINKS, f"of {len(alone)} characters {whole!r} is left"
    [cut] = translated([line[:LONG]], ask, Manner(longest))
    assert len(cut) >= LONG / SHRINKS, f"of {LONG} characters {len(cut)} are left"


def check_tells_its_ways(subject: Subject) -> None:
    """Its card says, without loading it, that it leads from the one language into the other; codes are BCP-47."""
    ways = subject.spec.leads(subject.params, subject.context)
    if not ways:
        pytest.skip("its card does not say between which languages it translates")
    for tag in {tag for way in ways for tag in (*way.sources, *way.targets)}:
        assert standard(tag) == tag, f"{tag!r} is written {standard(tag)!r}"
    assert all(way.cost > 0 for way in ways)
    assert not refused(ways, subject.source, subject.target), refused(ways, subject.source, subject.target)


def check_refuses_a_language_that_it_lacks(subject: Subject) -> None:
    """A language that it does not know is refused with a hint, and never taken for another."""
    if not (ways := subject.spec.leads(subject.params, subject.context)):
        pytest.skip("its card does not say between which languages it translates")
    for source, target in ((subject.source, LACKED), (LACKED, subject.target)):
        assert refused(ways, source, target), f"its card says that it knows {LACKED!r}"
        with pytest.raises(ConfigError) as told:
            list(subject.engine.translate(["Hello."], source, target, subject.options))
        assert told.value.hint, f"nothing tells which languages there are: {told.value}"


def check_processes_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and no texts where none went in."""
    if not isinstance(subject.engine, TextProcessor):
        pytest.skip("it changes no text")
    _one_for_one(subject.engine.process(list(TEXTS), list(LANGUAGES), subject.options))
    assert list(subject.engine.process([], [], subject.options)) == []


def check_annotates_in_json(subject: Subject) -> None:
    """One answer for one text, in JSON; entities are where they are said to be."""
    if not isinstance(subject.engine, TextAnnotator):
        pytest.skip("it tells nothing of a text")
    answers = list(subject.engine.annotate(list(TEXTS), list(LANGUAGES), subject.options))
    assert len(answers) == len(TEXTS), f"{len(TEXTS)} texts have {len(answers)} answers"
    assert list(subject.engine.annotate([], [], subject.options)) == []
    for text, told in zip(TEXTS, answers, strict=True):
        assert json.loads(json.dumps(told, allow_nan=False)) == dict(told), f"no JSON: {told}"
        for entity in told.get("entities", ()):
            there = text[entity["start"] : entity["end"]]
            assert there == entity["text"] != "", f"{entity} is not in {text!r}"
    if "entities" in subject.spec.features:
        assert all("entities" in told for told in answers), "an engine that looks says so, even where it finds nothing"
        assert answers[-1]["entities"], f"nothing was found in {TEXTS[-1]!r}"


def check_splits_into_what_is_there(subject: Subject) -> None:
    """The sentences of a text are the text, but for the white space between them."""
    if not isinstance(subject.engine, SentenceSplitter):
        pytest.skip("it splits nothing")
    answers = list(subject.engine.split(list(TEXTS), list(LANGUAGES), subject.options))
    assert len(answers) == len(TEXTS), f"{len(TEXTS)} texts have {len(answers)} answers"
    assert list(subject.engine.split([], [], subject.options)) == []
    for text, sentences in zip(TEXTS, answers, strict=True):
        assert not isinstance(sentences, str), f"{sentences!r} is one text, not several"
        assert "".join("".join(sentences).split()) == "".join(text.split()), f"{text!r} became {list(sentences)}"


def _one_for_one(answers: Iterable[str]) -> None:
    answers = list(answers)
    assert len(answers) == len(TEXTS), f"{len(TEXTS)} texts became {answers}"
    assert all(isinstance(text, str) for text in answers), f"not all are texts: {answers}"
