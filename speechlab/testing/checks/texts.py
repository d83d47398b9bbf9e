"""What translators and text processors promise: one out for one in."""

from __future__ import annotations

from collections.abc import Iterable

from ..subject import Subject

TEXTS = ("Hello.", "", "Two sentences. Indeed, two.", "1234", "¿Qué?", "🙂")
"""What may be written, some of it odd."""


def check_translates_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and no texts where none went in."""
    engine, pair, options = subject.engine, (subject.source, subject.target), subject.options
    _one_for_one(engine.translate(list(TEXTS), *pair, options))
    assert list(engine.translate([], *pair, options)) == []


def check_processes_one_for_one(subject: Subject) -> None:
    """As many texts come out as went in, and no texts where none went in."""
    _one_for_one(subject.engine.process(list(TEXTS), subject.options))
    assert list(subject.engine.process([], subject.options)) == []


def _one_for_one(answers: Iterable[str]) -> None:
    answers = list(answers)
    assert len(answers) == len(TEXTS), f"{len(TEXTS)} texts became {answers}"
    assert all(isinstance(text, str) for text in answers), f"not all are texts: {answers}"
