"""Text to text: each settled segment once more in another language, under the same id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import field_validator

from ..engines import Hop, RoutedTranslator
from ..languages import same
from ..params import Params
from ..pool import Loaded
from ..types import Event, Segment, SegmentUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .settled import on_settled

BATCH = 32
"""Segments that are sent together."""
Route = list[dict[str, str]]
"""The steps of a translation, as JSON values."""


class TranslateStage(Params):
    """The host's own options around every translator."""

    to: tuple[str, ...] = ("en",)
    """Languages to translate into, as BCP-47 codes."""
    source: str | None = None
    """Language of the text; empty for what each segment says of itself."""

    glossary: Any = None
    """Terms and what becomes of each; a term that becomes nothing stays as it is."""

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        languages = [value] if isinstance(value, str) else value
        if not isinstance(languages, list | tuple) or not languages or not all(languages):
            raise ValueError("name at least one language")
        return tuple(languages)


def make(making: Making) -> Stage:
    """A stage that translates what is settled; what the guard suspects is left alone."""
    lift = making.lift
    done: dict[tuple[str, str], tuple[str, str | None, str, Route]] = {}
    """What was translated of each segment, from which language, and how: another speaker is no other text."""

    def work(segments: list[Segment]) -> Iterator[Event]:
        sound = [segment for segment in segments if not segment.suspect]
        for target in lift.to:
            for source, group in by_language(sound, lift.source).items():
                new = [s for s in group if done.get((s.id, target), ())[:2] != (s.text, source)]
                for batch in batches(new):
                    texts, by = translated(making, [s.text for s in batch], source, target)
                    done.update({(s.id, target): (s.text, source, t, by) for s, t in zip(batch, texts, strict=True)})
                    for segment in batch:
                        yield told(segment, target)
                for segment in group:
                    if segment not in new:
                        yield told(segment, target)

    def told(segment: Segment, target: str) -> SegmentUpdate:
        _, _, text, by = done[segment.id, target]
        update = replace(segment, text=text, language=target, words=()).noting(route=by)
        return SegmentUpdate(segment=update, target=target)

    return on_settled(making, work)


def batches(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Segments that are sent together."""
    for start in range(0, len(segments), BATCH):
        yield segments[start : start + BATCH]


def translated(making: Making, texts: list[str], source: str | None, target: str) -> tuple[list[str], Route]:
    """The texts in the other language, and how they came to be."""
    if source is not None and same(source, target):
        return texts, []
    loaded = making.loaded
    with loaded.exclusive():
        told = list(loaded.engine.translate(texts, source, target, making.options))
    steps = hops(loaded, source, target) if source is not None else ()
    return told, [{"engine": hop.engine, "source": hop.source, "target": hop.target} for hop in steps]


def hops(loaded: Loaded, source: str, target: str) -> tuple[Hop, ...]:
    """The steps that a loaded translator takes from one language to another."""
    name = loaded.spec.name
    if not isinstance(loaded.engine, RoutedTranslator):
        return () if same(source, target) else (Hop(name, source, target),)
    return tuple(Hop(hop.engine or name, hop.source, hop.target) for hop in loaded.engine.route(source, target))


def by_language(segments: list[Segment], source: str | None) -> dict[str | None, list[Segment]]:
    """Segments by the language that they are translated from."""
    groups: dict[str | None, list[Segment]] = {}
    for segment in segments:
        groups.setdefault(source or segment.language, []).append(segment)
    return groups


LIFT = Lift(make, TranslateStage, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.TRANSLATIONS}))
