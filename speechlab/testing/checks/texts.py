"""What translators and engines for text promise: one answer for one text, and nothing that the text does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from ...engines import SentenceSplitter, TextAnnotator, TextProcessor
from ..subject import Subject

TEXTS = ("Hello.", "", "Two sentences. Indeed, two.", "1234", "¿Qué?", "🙂", "Ask John Smith, john@example.com. ")
"""What may be written, some of it odd."""
LANGUAGES: tuple[str | None, ...] = ("en", None, "en", "zh-Hant", "es", "tlh", "en")
"""What is told of their languages; nobody knows of one, and hardly anybody speaks another."""


def check_translates_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and no texts where none went in."""
    engine, pair, options = subject.engine, (subject.source, subject.target), subject.options
    _one_for_one(engine.translate(list(TEXTS), *pair, options))
    assert list(engine.translate([], *pair, options)) == []


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
