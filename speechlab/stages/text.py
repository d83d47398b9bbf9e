"""Text after recognition as a stage: settled segments again, reworded, told more of, or cut into sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..engines import SentenceSplitter, TextAnnotator, TextProcessor
from ..errors import EngineFailed
from ..params import Params
from ..types import Event, Segment, SegmentUpdate
from .base import Flow, Lift, Making, Scope, Stage
from .rewording import reworded
from .settled import Work, on_settled
from .splitting import Splitting


def make(making: Making) -> Stage:
    """The stage for what the engine does; one that does several things does each, the text itself first."""
    engine = making.loaded.engine
    works: list[Work] = []
    if isinstance(engine, TextProcessor):
        works.append(rewording(making))
    if isinstance(engine, TextAnnotator):
        works.append(annotating(making))
    stages = [on_settled(making, work) for work in works]
    if isinstance(engine, SentenceSplitter):
        stages.append(splitting(making))

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        for one in stages:
            events = one(events)
        yield from events

    return stage


def rewording(making: Making) -> Work:
    """Replaces what is settled by what the processor makes of it."""
    told: set[str] = set()
    """What was reworded once: told again even where nothing is to change, since the stage's own word came later."""

    def work(segments: list[Segment]) -> Iterator[Event]:
        for segment, text in zip(segments, _asked(making, "process", segments), strict=True):
            if text != segment.text or segment.id in told:
                told.add(segment.id)
                yield SegmentUpdate(segment=reworded(segment, text) if text != segment.text else segment)

    return work


def annotating(making: Making) -> Work:
    """Adds to ``extra`` what the annotator has to say."""
    told: set[str] = set()
    """What something was said of once, and is therefore told again, as in :func:`rewording`."""

    def work(segments: list[Segment]) -> Iterator[Event]:
        for segment, answer in zip(segments, _asked(making, "annotate", segments), strict=True):
            if answer or segment.id in told:
                told.add(segment.id)
                yield SegmentUpdate(segment=annotated(segment, answer))

    return work


def annotated(segment: Segment, told: Mapping[str, Any]) -> Segment:
    """The segment with what was told of it, and in the language that it was told to be in."""
    language = told.get("language")
    noted = segment.noting(**told)
    if isinstance(language, Mapping) and language.get("code") and (segment.language is None or language.get("sure")):
        return replace(noted, language=str(language["code"]))
    return noted


def splitting(making: Making) -> Stage:
    """Cuts what is settled into sentences; what is translated already stays whole, as its translation does."""
    parts = Splitting()
    translated: set[str] = set()
    """Added to as events pass, and looked into by the work, which is harmless: ids only come to be known."""

    def noticed(events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, SegmentUpdate):
                parts.knows(event.segment)
                if event.target is not None:
                    translated.add(event.segment.id)
            yield event

    def work(segments: list[Segment]) -> Iterator[Event]:
        whole = [segment for segment in segments if segment.id not in translated]
        for segment, sentences in zip(whole, _asked(making, "split", whole), strict=True):
            for part in parts.of(segment, sentences):
                yield SegmentUpdate(segment=part)

    split = on_settled(making, work)

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        yield from split(noticed(events))

    return stage


def _asked(making: Making, verb: str, segments: list[Segment]) -> list[Any]:
    """The engine's answer for each segment."""
    if not segments:
        return []
    loaded = making.loaded
    texts, languages = [segment.text for segment in segments], [segment.language for segment in segments]
    with loaded.exclusive():
        answers = list(getattr(loaded.engine, verb)(texts, languages, making.options))
    if len(answers) != len(segments):
        raise EngineFailed(
            f"{loaded.spec.name} gave {len(answers)} answers for {len(segments)} texts", hint="tell its author"
        )
    return answers


LIFT = Lift(make, Params, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.SEGMENTS}))
