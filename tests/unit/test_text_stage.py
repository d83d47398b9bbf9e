"""Text engines as stages: each protocol, in batch and live, one after the other, and what is told anew."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from speechlab import (
    EngineFailed,
    EngineSpec,
    Event,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    Span,
    Word,
    hookimpl,
)
from speechlab.pool import Loaded
from speechlab.runner import compose
from speechlab.stages import Asked, Slot

Languages = Sequence[str | None]


class Base:
    def __init__(self, params: Params, context: object) -> None: ...


class Count(Base):
    """Writes twenty as 20."""

    def process(self, texts: Sequence[str], languages: Languages, options: Params) -> list[str]:
        return [text.replace("twenty", "20") for text in texts]


class Spell(Base):
    """Writes twenty otherwise, and 20 not at all."""

    def process(self, texts: Sequence[str], languages: Languages, options: Params) -> list[str]:
        return [text.replace("twenty", "a score") for text in texts]


class Length(Base):
    """Tells how long texts with spelt numbers are."""

    def annotate(self, texts: Sequence[str], languages: Languages, options: Params) -> list[dict[str, Any]]:
        return [{"length": len(text)} if "twenty" in text else {} for text in texts]


class Guess(Base):
    """Takes every text for French; it is sure of shouting."""

    def annotate(self, texts: Sequence[str], languages: Languages, options: Params) -> list[dict[str, Any]]:
        return [{"language": {"code": "fr", "confidence": 1.0, "sure": text.isupper()}} for text in texts]


class Stops(Base):
    """Ends a sentence behind each full stop."""

    def split(self, texts: Sequence[str], languages: Languages, options: Params) -> list[list[str]]:
        return [[part for part in text.replace(". ", ".|").split("|") if part] for text in texts]


class All(Count, Length, Stops):
    """Does all three."""


class Fewer(Base):
    def process(self, texts: Sequence[str], languages: Languages, options: Params) -> list[str]:
        return []


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        for engine in (Count, Spell, Length, Guess, Stops, All, Fewer):
            register(EngineSpec(id=engine.__name__.lower(), kind=Kind.TEXT, load=engine))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path / "home") as lab:
        yield lab


class Late:
    """A scheduler that does each stage's work when the stream is over, in the order asked."""

    hurried = False

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        return LateSlot(loaded)

    def detector(self, loaded: Loaded, options: Any) -> Any:
        raise NotImplementedError


class LateSlot:
    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._waiting: deque[Asked] = deque()

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        self._waiting.append(Asked(self._loaded, work, final, about))
        return self._waiting[-1]

    def answers(self) -> Iterator[Asked]:
        yield from ()

    def rest(self) -> Iterator[Asked]:
        while self._waiting:
            asked = self._waiting.popleft()
            asked.run()
            yield asked


def told(text: str, start: float = 0.0, language: str | None = "en", **extra: Any) -> SegmentUpdate:
    words = tuple(Word(start + n, start + n + 0.5, text=word) for n, word in enumerate(text.split()))
    end = start + len(words)
    return SegmentUpdate(
        segment=Segment(start, end, text=text, id=f"s{start:.0f}", language=language, words=words, extra=extra)
    )


def through(lab: Lab, events: Sequence[Event], *uses: str, live: bool = False) -> Recording:
    pipeline = lab.pipeline({"stage": [{"use": f"text/{use}"} for use in uses]})
    return Recording.of(compose(pipeline, events, lab.pool, scheduler=Late() if live else None))


MODES = pytest.mark.parametrize("live", [False, True], ids=["batch", "live"])


@MODES
def test_batch_and_live_come_to_the_same(lab: Lab, live: bool) -> None:
    recording = through(lab, [told("I am twenty. You too."), told("Yes.", 9)], "count", "length", "stops", live=live)
    assert [(s.id, s.text) for s in recording.transcript.spoken] == [
        ("s0", "I am 20."),
        ("s0_2", "You too."),
        ("s9", "Yes."),
    ]


@MODES
def test_what_a_stage_before_changes_later_counts(lab: Lab, live: bool) -> None:
    recording = through(lab, [told("we are twenty")], "count", "spell", live=live)
    assert recording.transcript.text == "we are 20"
    assert through(lab, [told("twenty")], "count", "length", live=live).transcript.segments[0].text == "20"


@MODES
def test_one_engine_may_do_several_things(lab: Lab, live: bool) -> None:
    recording = through(lab, [told("twenty twentys. Two.")], "all", live=live)
    assert [s.text for s in recording.transcript.spoken] == ["20 20s.", "Two."]


@MODES
def test_sentences_that_another_wording_has_not_are_withdrawn(lab: Lab, live: bool) -> None:
    events = [told("One. Two."), told("One two.")]
    assert through(lab, events, "stops", live=live).transcript.text == "One two."


def test_a_language_is_filled_in_or_overruled_where_it_is_sure(lab: Lab) -> None:
    events = [told("a", 0, None), told("b", 1), told("C", 2)]
    assert [s.language for s in through(lab, events, "guess").transcript] == ["fr", "en", "fr"]


def test_each_adds_to_what_others_told(lab: Lab) -> None:
    [segment] = through(lab, [told("twenty", avg_logprob=-0.1)], "length", "guess").transcript
    assert set(segment.extra) == {"avg_logprob", "length", "language"}


def test_what_is_translated_stays_whole_as_its_translation_does(lab: Lab) -> None:
    said = told("One. Two.")
    translation = SegmentUpdate(segment=Segment(0, 2, text="Un. Deux.", id="s0"), target="fr")
    recording = through(lab, [said, translation], "stops")
    assert [s.text for s in recording.transcript] == ["One. Two."]


def test_a_speaker_change_parts_entities_with_the_text() -> None:
    from speechlab.stages.speaking import Turns, parted, spoken
    from speechlab.types import Turn

    entity = {"kind": "PERSON", "start": 10, "end": 13, "text": "Ann", "score": 1.0}
    segment = told("how is it Ann then", entities=[entity]).segment
    turns = Turns([Turn(0, 2.8, speaker="A"), Turn(2.8, 5, speaker="B")])
    first, second = parted(spoken(segment, turns), 0)
    assert first.extra["entities"] == []
    assert second.extra["entities"] == [{**entity, "start": 0, "end": 3}]
    assert Span(second.start, second.end) == Span(3, 5)


def test_too_few_answers_are_told(lab: Lab) -> None:
    with pytest.raises(EngineFailed, match="gave 0 answers for 1 texts"):
        through(lab, [told("a")], "fewer")
