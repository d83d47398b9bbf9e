"""The laws of subtitles: nothing lost, nothing too wide, nothing at the same time."""

# ruff: noqa: RUF001

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import ConfigError, Recording, Segment, Transcript, Word
from speechlab.formats.cues import Cue, cues
from speechlab.formats.options import SubtitleOptions
from speechlab.formats.text import BREAKABLE
from speechlab.formats.tokens import Token, width

ENGLISH = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."
seconds = st.floats(0, 8).map(lambda value: round(value, 4))
texts = st.one_of(
    st.text(st.sampled_from("abcd     .,?今天。，「」กเา́שלש\u00a0"), max_size=120),
    st.lists(st.sampled_from([*ENGLISH.split(), "e\u0301", "Donaudampfschifffahrtsgesellschaft"]), max_size=30).map(
        " ".join
    ),
)
speakers = st.sampled_from([None, "Ann", "Dr. Bob Li"])


@st.composite
def segments(draw: st.DrawFn, index: int, begin: float) -> Segment:
    """A segment that begins there, with or without words of any times."""
    end = begin + draw(seconds)
    text = draw(texts)
    words: list[Word] = []
    if draw(st.booleans()):
        for piece in text.split():
            start = begin + draw(seconds)
            words.append(Word(start=start, end=start + draw(seconds), text=f" {piece}", speaker=draw(speakers)))
    return Segment(id=str(index), start=begin, end=end, text=text, speaker=draw(speakers), words=tuple(words))


@st.composite
def recordings(draw: st.DrawFn, overlapping: bool = True) -> Recording:
    """Any recording; its duration may be unknown."""
    made: list[Segment] = []
    at = 0.0
    for index in range(draw(st.integers(0, 6))):
        at += draw(seconds)
        segment = draw(segments(index, at))
        made.append(segment)
        at = segment.start if overlapping else segment.end + 0.01
    made.sort(key=lambda segment: (segment.start, segment.end, segment.id))
    end = max((segment.end for segment in made), default=0)
    duration = draw(st.sampled_from([0.0, end, end + 5]))
    return Recording(transcript=Transcript(tuple(made), "en"), duration=duration)


layouts = st.builds(
    SubtitleOptions,
    max_line_width=st.integers(1, 50),
    max_lines=st.integers(1, 4),
    max_cps=st.floats(5, 30),
    min_duration=st.floats(0, 3),
    max_duration=st.floats(0.5, 9),
)


def spoken(shown: list[Cue]) -> list[Token]:
    return [token for cue in shown for line in cue.lines for token in line if not token.name]


@given(recordings(overlapping=False), layouts, st.booleans())
def test_the_cues_say_what_was_said_in_its_order(recording: Recording, options: SubtitleOptions, named: bool) -> None:
    told = spoken(cues(recording, options, named=named))
    assert "".join(token.text for token in told) == "".join(
        BREAKABLE.sub("", segment.text) for segment in recording.transcript
    )


@given(recordings(), layouts, st.booleans())
def test_also_where_people_speak_over_each_other(recording: Recording, options: SubtitleOptions, named: bool) -> None:
    shown = cues(recording, options, named=named)
    for segment in recording.transcript:
        told = [token for token in spoken(shown) if token.segment is segment]
        assert "".join(token.text for token in told) == BREAKABLE.sub("", segment.text)


@given(recordings(), layouts, st.booleans())
def test_lines_fit(recording: Recording, options: SubtitleOptions, named: bool) -> None:
    for cue in cues(recording, options, named=named):
        assert 1 <= len(cue.lines) <= options.max_lines
        for line, text in zip(cue.lines, cue.text().split("\n"), strict=True):
            assert width(text) <= options.max_line_width or len(line) == 1
            assert text == text.strip(" ")


@given(recordings(), layouts, st.booleans())
def test_cues_follow_each_other(recording: Recording, options: SubtitleOptions, named: bool) -> None:
    shown = cues(recording, options, named=named)
    for cue in shown:
        assert 0 <= cue.start <= cue.end <= cue.start + options.max_duration + 0.001
        assert (cue.start, cue.end) == (round(cue.start, 3), round(cue.end, 3))
        onsets = [cue.start, *cue.onsets, cue.end]
        assert onsets == sorted(onsets)
    for before, after in pairwise(shown):
        assert before.end <= after.start
    if recording.duration:
        assert all(cue.end <= round(recording.duration, 3) for cue in shown)
    if recording.duration > 1:
        assert all(cue.start < cue.end for cue in shown)


@given(recordings(), layouts)
def test_a_cue_has_one_speaker_and_a_changed_one_is_named(recording: Recording, options: SubtitleOptions) -> None:
    before = None
    for cue in cues(recording, options, named=True):
        tokens = [token for line in cue.lines for token in line]
        assert {token.speaker for token in tokens} == {cue.speaker}
        if cue.speaker and cue.speaker != before:
            assert cue.lines[0][0].name
        before = cue.speaker


def recording_of(*segments: Segment, duration: float = 0) -> Recording:
    return Recording(transcript=Transcript(segments), duration=duration)


def told(recording: Recording, **options: Any) -> list[str]:
    return [cue.text("|") for cue in cues(recording, SubtitleOptions(**options))]


def times(recording: Recording, **options: Any) -> list[tuple[float, float]]:
    return [(cue.start, cue.end) for cue in cues(recording, SubtitleOptions(**options))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A short text.", ["A short text."]),
        (
            ENGLISH,
            [
                "And so, my fellow Americans,|ask not what your country can do for you,",
                "ask what you can do for your country.",
            ],
        ),
        (
            "It was late. We walked home through the very long and empty streets of the old town.",
            ["It was late.", "We walked home through the very long|and empty streets of the old town."],
        ),
        ("Nobody knows the trouble that I have seen today.", ["Nobody knows the trouble|that I have seen today."]),
        (
            "今天天气很好，我们去公园玩吧。昨天下雨了，所以没有去成。",
            ["今天天气很好，我们去公园玩吧。|昨天下雨了，所以没有去成。"],
        ),
        ("שלום לכולם, מה שלומכם היום? אני שמח לראות אתכם.", ["שלום לכולם, מה שלומכם היום?|אני שמח לראות אתכם."]),
    ],
)
def test_breaks_are_where_they_read_best(text: str, expected: list[str]) -> None:
    assert told(recording_of(Segment(start=0, end=7, text=text))) == expected


def test_each_of_two_speakers_has_a_line() -> None:
    text = "- Who's there?\n- It is me."
    assert told(recording_of(Segment(start=0, end=3, text=text))) == ["- Who's there?|- It is me."]
    three = told(recording_of(Segment(start=0, end=3, text=f"{text}\n- You?")))
    assert [line for cue in three for line in cue.split("|")] == ["- Who's there?", "- It is me.", "- You?"]
    assert told(recording_of(Segment(start=0, end=3, text="A -\nb"))) == ["A - b"]


def test_a_word_longer_than_the_line_stays_whole() -> None:
    text = "The Donaudampfschifffahrtsgesellschaft sails"
    assert told(recording_of(Segment(start=0, end=3, text=text)), max_line_width=10, max_lines=3) == [
        "The|Donaudampfschifffahrtsgesellschaft|sails"
    ]


def test_a_dense_cue_stays_while_nobody_speaks() -> None:
    dense = Segment(start=0, end=1, text="x" * 34)
    assert times(recording_of(dense, duration=9), max_cps=17) == [(0, 2)]
    assert times(recording_of(dense, duration=1.5), max_cps=17) == [(0, 1.5)]
    after = Segment(start=1.4, end=4, text="And on")
    assert times(recording_of(dense, after, duration=9), max_cps=17) == [(0, 1.4), (1.4, 4)]


def test_shortest_and_longest_time() -> None:
    assert times(recording_of(Segment(start=1, end=1.1, text="No")), min_duration=2) == [(1, 3)]
    assert times(recording_of(Segment(start=1, end=60, text="Aaah"), duration=60), max_duration=5) == [(1, 6)]


def test_a_long_pause_inside_a_segment_begins_a_new_cue() -> None:
    words = (Word(start=0, end=1, text="Wait"), Word(start=5, end=6, text="here"))
    recording = recording_of(Segment(start=0, end=6, text="Wait here", words=words), duration=6)
    assert times(recording, max_pause=2) == [(0, 1), (5, 6)]
    assert times(recording, max_pause=5) == [(0, 6)]


def test_a_sentence_goes_on_in_the_next_segment() -> None:
    first = Segment(id="1", start=0, end=4, text="We are done with the first part. This")
    second = Segment(id="2", start=4, end=8, text="is the second part of the talk that I gave you.")
    together = ["We are done with the first part.", "This is the second part of|the talk that I gave you."]
    assert told(recording_of(first, second)) == together
    assert [cue.segments for cue in cues(recording_of(first, second), SubtitleOptions())] == [("1",), ("1", "2")]
    later = replace(second, start=5, end=9)
    assert told(recording_of(first, later))[0] == "We are done with the first part. This"


def test_who_speaks_over_another_gives_way() -> None:
    ann = Segment(start=0, end=4, text="I was about to say", speaker="Ann")
    bob = Segment(start=0, end=4, text="No", speaker="Bob")
    assert times(recording_of(ann, bob, duration=4)) == [(0, 1), (1, 4)]
    assert times(recording_of(ann, Segment(start=2, end=3, text="No", speaker="Bob"), duration=4)) == [(0, 2), (2, 3)]


def test_who_goes_on_after_being_interrupted_is_named_again() -> None:
    recording = recording_of(
        Segment(start=0, end=10, text="One two three. Four five six.", speaker="Ann"),
        Segment(start=3, end=4, text="Stop!", speaker="Bob"),
    )
    shown = cues(recording, SubtitleOptions(max_lines=1, max_line_width=20), named=True)
    assert [cue.text() for cue in shown] == ["Ann: One two three.", "Bob: Stop!", "Ann: Four five six."]


def test_segments_at_one_moment_at_the_end_are_all_shown() -> None:
    recording = recording_of(*(Segment(start=5, end=5, text=text) for text in "abc"), duration=5)
    shown = times(recording)
    assert shown[-1][1] == 5
    assert all(start < end for start, end in shown)


def test_suspected_segments_are_left_out_unless_wanted() -> None:
    recording = recording_of(
        Segment(start=0, end=1, text="Yes"), Segment(start=1, end=2, text="Thanks", extra={"suspect": "no speech"})
    )
    assert told(recording) == ["Yes"]
    assert told(recording, keep_suspect=True) == ["Yes", "Thanks"]


@pytest.fixture
def translated() -> Recording:
    return Recording(
        transcript=Transcript(
            (
                Segment(id="1", start=0, end=2, text="Hello", speaker="Ann"),
                Segment(id="2", start=2, end=4, text="Thanks", extra={"suspect": "no speech"}),
            )
        ),
        translations={
            "fr": Transcript(
                (
                    Segment(id="1", start=0, end=2, text="Bonjour"),
                    Segment(id="2", start=2, end=4, text="Merci"),
                ),
                "fr",
            )
        },
    )


def test_a_translation_has_the_speakers_and_doubts_of_its_source(translated: Recording) -> None:
    [cue] = cues(translated, SubtitleOptions(track="fr"))
    assert (cue.text(), cue.speaker, cue.segments) == ("Bonjour", "Ann", ("1",))


def test_a_translation_that_is_not_there(translated: Recording) -> None:
    with pytest.raises(ConfigError, match="no translation into 'de'") as raised:
        cues(translated, SubtitleOptions(track="de"))
    assert "fr" in raised.value.hint


def test_a_translation_is_found_by_any_name_of_its_language(translated: Recording) -> None:
    assert cues(translated, SubtitleOptions(track="fra")) == cues(translated, SubtitleOptions(track="fr"))


def test_silence_is_translated_into_anything() -> None:
    assert cues(Recording(duration=3), SubtitleOptions(track="de", second="source")) == []
    made_up = Segment(start=0, end=1, text="Thanks", extra={"suspect": "no speech"})
    assert cues(recording_of(made_up, duration=3), SubtitleOptions(track="de")) == []
