"""A sentence that goes on over several segments is translated as a whole, and nothing of it is lost or moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import EngineSpec, Kind, Lab, Recording, Segment, Transcript, hookimpl
from speechlab.translation import apart, text_of, wholes


def segments(*texts: str, seconds: float = 2.0, **more: Any) -> list[Segment]:
    return [
        Segment(start=n * seconds, end=n * seconds + 1.9, text=text, id=str(n), **more) for n, text in enumerate(texts)
    ]


def put_together(*texts: str, **more: Any) -> list[str]:
    return [text_of(part) for part in wholes(segments(*texts, **more))]


def test_a_sentence_is_made_whole_and_shared_out_again() -> None:
    [market, warm] = wholes(segments("I went to the", "market yesterday.", "It was warm."))
    assert (text_of(market), text_of(warm)) == ("I went to the market yesterday.", "It was warm.")
    assert list(apart(market, "Gestern bin ich auf den Markt gegangen.", "de")) == [
        "Gestern bin ich", "auf den Markt gegangen.",
    ]  # fmt: skip
    assert list(apart(warm, "Es war warm. ", "de")) == ["Es war warm. "]


@pytest.mark.parametrize(
    "texts",
    [
        ("I went.", "To the market."),
        ("- I went", "- to the market."),
        ("♪ I went ♪", "to the market."),
        ("I went", "[door slams]", "He left."),
        ("今天天气很好", "我们去公园", "玩吧"),
        ("so i went", "to the market", "and he said", "nothing."),
        ("I went\n- Where?", "to the market."),
        ("I went", "", "to the market."),
    ],
)
def test_what_ends_a_sentence_or_says_nothing_of_where_it_does(texts: tuple[str, ...]) -> None:
    assert put_together(*texts) == list(texts)


def test_others_and_long_pauses_end_it_too() -> None:
    assert len(put_together("I went", "to the market.", seconds=9)) == 2
    ann, bob = segments("I went", "to the market.", speaker="Ann"), segments("I went", "home.", speaker="Bob")
    assert len(wholes([ann[0], bob[1]])) == 2
    english, french = segments("I went", "home.", language="en"), segments("I went", "home.", language="fr")
    assert len(wholes([english[0], french[1]])) == 2
    assert len(wholes([ann[0], ann[1].noting(style="Sign")])) == 2


def test_lines_of_a_text_stand_alone() -> None:
    lines = [Segment(0.0, 0.0, text=text, id=text) for text in ("A title", "And a text.")]
    assert [text_of(part) for part in wholes(lines)] == ["A title", "And a text."]


def test_a_sentence_without_end_is_not_waited_for() -> None:
    said = ["word " * 20] * 10 + ["End."] * 5
    assert all(len(text) <= 400 for text in put_together(*said))


def test_fewer_words_than_segments() -> None:
    [part] = wholes(segments("I", "went", "home."))
    assert list(apart(part, "Fui.", "pt")) == ["", "Fui.", ""]


texts = st.lists(
    st.sampled_from(["I", "went.", "to", "the", "今天", "- No", "[x]", "שלום", "日本語です。"]), max_size=9
).map(" ".join)


@given(st.lists(texts, max_size=8), st.lists(texts, min_size=8, max_size=8))
def test_nothing_is_lost(said: list[str], translated: list[str]) -> None:
    parts = wholes(told := segments(*said))
    assert [segment for part in parts for segment in part] == told
    for part, text in zip(parts, translated, strict=False):
        shares = list(apart(part, text))
        assert len(shares) == len(part)
        assert "".join("".join(shares).split()) == "".join(text.split())


class Marker:
    """A translator that remembers what it was given."""

    given: ClassVar[list[str]] = []

    def __init__(self, params: Any, context: Any) -> None: ...

    def translate(self, texts: list[str], source: str | None, target: str, options: Any) -> list[str]:
        Marker.given += texts
        return [text.upper() for text in texts]


@pytest.fixture
def lab() -> Iterator[Lab]:
    class Plugin:
        @hookimpl
        def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
            register(EngineSpec(id="marker", kind=Kind.TRANSLATE, load=Marker))

    Marker.given = []
    with Lab(Plugin(), discover=False) as made:
        yield made


def test_the_stage_keeps_ids_and_times(lab: Lab) -> None:
    said = segments("I went to the", "market yesterday.", "It was warm.", language="en")
    told = lab.translated(Recording(Transcript(tuple(said), "en")), "pt", engine="marker").translations["pt"]
    assert sorted(Marker.given) == ["I went to the market yesterday.", "It was warm."]
    assert [(one.id, one.start, one.end, one.text) for one in told] == [
        (one.id, one.start, one.end, one.text.upper()) for one in said
    ]
    assert all(one.extra["route"] for one in told)


def test_it_can_be_turned_off(lab: Lab) -> None:
    said = segments("I went to the", "market yesterday.", language="en")
    recording = Recording(Transcript(tuple(said), "en"))
    lab.translated(recording, "pt", engine="marker", whole_sentences=False)
    assert sorted(Marker.given) == ["I went to the", "market yesterday."]


def test_one_segment_that_was_edited_is_translated_by_itself(lab: Lab) -> None:
    said = segments("I went to the", "market yesterday.", language="en")
    recording = Recording(Transcript(tuple(said), "en"))
    told = lab.translated(recording, "pt", engine="marker", only={"1"}).translations["pt"]
    assert [(one.id, one.text) for one in told] == [("1", "MARKET YESTERDAY.")]
