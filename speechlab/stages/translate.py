"""Text to text: each settled segment once more in another language, under the same id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import field_validator

from ..params import Params
from ..types import Event, Segment, SegmentUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .settled import on_settled


class TranslateStage(Params):
    """The host's own options around every translator."""

    to: tuple[str, ...] = ("en",)
    """Languages to translate into, as BCP-47 codes."""
    source: str | None = None
    """Language of the text; empty for what each segment says of itself."""

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        languages = [value] if isinstance(value, str) else value
        if not isinstance(languages, list | tuple) or not languages or not all(languages):
            raise ValueError("name at least one language")
        return tuple(languages)


def make(making: Making) -> Stage:
    """A stage that translates what is settled; what the guard suspects is left alone."""
    loaded, lift = making.loaded, making.lift
    done: dict[tuple[str, str], tuple[str, str | None, str]] = {}
    """What was translated of each segment, from which language, and how: another speaker is no other text."""

    def work(segments: list[Segment]) -> Iterator[Event]:
        sound = [segment for segment in segments if not segment.suspect]
        for target in lift.to:
            for source, group in by_language(sound, lift.source).items():
                new = [s for s in group if done.get((s.id, target), ())[:2] != (s.text, source)]
                if new:
                    with loaded.exclusive():
                        texts = loaded.engine.translate([s.text for s in new], source, target, making.options)
                    done.update({(s.id, target): (s.text, source, text) for s, text in zip(new, texts, strict=True)})
                for segment in group:
                    translated = replace(segment, text=done[segment.id, target][2], language=target, words=())
                    yield SegmentUpdate(segment=translated, target=target)

    return on_settled(making, work)


def by_language(segments: list[Segment], source: str | None) -> dict[str | None, list[Segment]]:
    """Segments by the language that they are translated from."""
    groups: dict[str | None, list[Segment]] = {}
    for segment in segments:
        groups.setdefault(source or segment.language, []).append(segment)
    return groups


LIFT = Lift(make, TranslateStage, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.TRANSLATIONS}))
