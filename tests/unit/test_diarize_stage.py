"""Who said which word, and when it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import (
    Audio,
    AudioChunk,
    Context,
    EngineSpec,
    Event,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    Span,
    Tick,
    Turn,
    TurnUpdate,
    Word,
    hookimpl,
)
from speechlab.stages.diarize import GONE, named, turned
from speechlab.stages.listening import RESTARTED
from speechlab.stages.speaking import Turns, parted, spoken


def segment(text: str, *times: float, id: str = "s1", **more: Any) -> Segment:
    """A segment whose words begin at these times, each half a second long."""
    words = tuple(Word(at, at + 0.5, text=word) for at, word in zip(times, text.split(), strict=True))
    return Segment(words[0].start, words[-1].end, text=text, id=id, words=words, **more)


def turns(*told: tuple[float, float, str]) -> Turns:
    return Turns(Turn(start, end, speaker=speaker) for start, end, speaker in told)


def turn(start: float, end: float, speaker: str, id: str = "", final: bool = True) -> TurnUpdate:
    return TurnUpdate(turn=Turn(start, end, speaker=speaker, id=id or f"t{start}"), final=final)


def who(one: Segment) -> str:
    return "".join(word.speaker or "-" for word in one.words)


def said(events: Iterable[Event]) -> list[tuple[str, str | None, str]]:
    """Of each segment, in the end, the id, the speaker and the text."""
    return [(s.id, s.speaker, s.text) for s in Recording.of(events).transcript.spoken]


# -- words -------------------------------------------------------------------------------------------------------------


def test_a_word_is_said_in_the_turn_that_it_shares_most_time_with() -> None:
    told = spoken(segment("a b c d", 0, 0.8, 1.1, 2), turns((0, 1, "A"), (1, 3, "B")))
    assert who(told) == "ABBB"


def test_where_two_speak_who_speaks_already_goes_on() -> None:
    both = turns((0, 3, "A"), (1, 5, "B"))
    assert who(spoken(segment("a b c d", 0, 1, 2, 3), both)) == "AAAB"
    assert who(spoken(segment("b c d", 1, 2, 3), turns((1, 5, "B"), (0, 3, "A")))) == "AAB"


def test_a_word_in_no_turn_is_of_the_nearest() -> None:
    assert who(spoken(segment("a b", 1.2, 2.4), turns((0, 1, "A"), (3, 4, "B")))) == "AB"


def test_a_first_word_that_begins_too_early_goes_with_the_next() -> None:
    """As Whisper tells a word after a pause: from where the speech before the pause ended."""
    heard = turns((0, 1.1, "A"), (2, 3, "B"))
    assert who(spoken(segment("In making", 1.0, 2.2), heard)) == "BB"
    assert who(spoken(segment("In making", 0.8, 2.2), heard)) == "AB", "most of it is heard"
    assert who(spoken(segment("yes In making", 0.2, 1.0, 2.2), heard)) == "AAB", "in the midst, who spoke goes on"


def test_a_word_far_from_every_turn_is_of_who_spoke_before_else_next() -> None:
    assert who(spoken(segment("a b c", 0.2, 5, 9), turns((0, 1, "A"), (9, 10, "B")))) == "AAB"
    assert who(spoken(segment("a b", 2, 9), turns((9, 10, "B")))) == "BB"


def test_a_word_without_length_has_a_speaker() -> None:
    one = Segment(0, 2, text="a b", words=(Word(0.5, 0.5, text="a"), Word(1.5, 1.5, text="b")))
    assert who(spoken(one, turns((0, 1, "A"), (1, 2, "B")))) == "AB"


def test_a_segment_is_whose_who_speaks_most_of_it() -> None:
    assert spoken(segment("a b c", 0, 1, 2), turns((0, 0.6, "A"), (0.9, 3, "B"))).speaker == "B"
    wordless = Segment(0, 3, text="a b c")
    assert spoken(wordless, turns((0, 0.6, "A"), (0.9, 3, "B"))).speaker == "B"


def test_nobody_is_near() -> None:
    alone = segment("a b", 0, 1)
    assert spoken(alone, turns((60, 70, "A"))) == alone
    assert spoken(alone, turns()) == alone


def test_turns_are_asked_quickly_and_rightly() -> None:
    some = turns((0, 10, "A"), (2, 3, "B"), (20, 30, "C"))
    asked = [some.speaker(Span(*span)) for span in ((2.1, 2.9), (4, 5), (15, 16), (9, 22), (29, 31))]
    assert asked == ["A", "A", None, "C", "C"]


# -- parts -------------------------------------------------------------------------------------------------------------


def test_a_segment_is_parted_at_the_word_where_its_speaker_changes() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5, extra={"avg_logprob": -0.2}, language="en")
    first, second = parted(spoken(one, turns((0, 1.6, "A"), (1.9, 3, "B"))), 0.5)
    assert (first.id, first.speaker, first.text) == ("s1", "A", "How are you?")
    assert (second.id, second.speaker, second.text) == ("s1.2", "B", "Fine, thanks.")
    assert (first.start, first.end, second.start, second.end) == (0, 1.5, 2, 3)
    assert second.extra == one.extra
    assert second.language == "en"


def test_the_text_is_cut_as_it_is_written() -> None:
    one = segment("«Oui»  — dit-il.  Non !", 0, 0.5, 1, 2, 2.5)
    one = replace(one, words=tuple(replace(word, text=f" {word.text}") for word in one.words))
    texts = [part.text for part in parted(spoken(one, turns((0, 1.6, "A"), (1.9, 3, "B"))), 0)]
    assert texts == ["«Oui»  — dit-il.", "Non !"]


def test_a_text_that_is_not_its_words_gives_way_to_them() -> None:
    one = replace(segment("a b c d", 0, 1, 2, 3), text="Alpha beta gamma delta.")
    texts = [part.text for part in parted(spoken(one, turns((0, 1.8, "A"), (1.9, 4, "B"))), 0)]
    assert texts == ["a b", "c d"]


def test_a_text_without_spaces() -> None:
    words = tuple(Word(at, at + 0.5, text=text) for at, text in enumerate("你好吗好"))
    one = Segment(0, 4, text="你好吗。好。", id="s1", words=words)
    texts = [part.text for part in parted(spoken(one, turns((0, 2.8, "A"), (2.9, 4, "B"))), 0)]
    assert texts == ["你好吗。", "好。"]


BACKCHANNEL = segment("so we went mhm to the shop", 0, 1, 2, 3, 4, 5, 6)


def test_a_short_backchannel_does_not_part_a_segment() -> None:
    one = spoken(BACKCHANNEL, turns((0, 2.9, "A"), (2.9, 3.7, "B"), (3.8, 7, "A")))
    [whole] = parted(one, 0.5)
    assert whole.speaker == "A"
    assert who(whole) == "AAABAAA"
    assert [part.text for part in parted(one, 0.4)] == ["so we went", "mhm", "to the shop"]
    assert [part.id for part in parted(one, 0)] == ["s1", "s1.2", "s1.3"]


def test_what_stands_at_an_end_or_between_two_others_is_no_backchannel() -> None:
    last = spoken(BACKCHANNEL, turns((0, 5.9, "A"), (5.9, 7, "B")))
    assert [part.text for part in parted(last, 0.5)] == ["so we went mhm to the", "shop"]
    between = spoken(BACKCHANNEL, turns((0, 2.9, "A"), (2.9, 3.7, "B"), (3.8, 7, "C")))
    assert [part.speaker for part in parted(between, 0.5)] == ["A", "B", "C"]


TURNS = st.lists(
    st.tuples(st.floats(0, 12), st.floats(0.05, 5), st.sampled_from("ABC")).map(
        lambda told: (told[0], told[0] + told[1], told[2])
    ),
    max_size=8,
)
WORDS = st.lists(st.tuples(st.floats(0, 1.5), st.floats(0, 1)), min_size=1, max_size=12)


def in_turn(words: list[tuple[float, float]]) -> Segment:
    """Words one after the other, after such pauses and of such lengths."""
    at, made = 0.0, []
    for number, (pause, length) in enumerate(words):
        made.append(Word(at + pause, at + pause + length, text=f"w{number}"))
        at += pause + length
    return Segment(made[0].start, made[-1].end, text=" ".join(w.text for w in made), id="s1", words=tuple(made))


@settings(max_examples=200)
@given(WORDS, TURNS, st.sampled_from([0.0, 0.5, 2.0]))
def test_parts_are_the_segment(words: list[tuple[float, float]], told: list[Any], backchannel: float) -> None:
    one = spoken(in_turn(words), turns(*told))
    parts = parted(one, backchannel)
    assert [word for part in parts for word in part.words] == list(one.words)
    assert " ".join(part.text for part in parts) == one.text
    assert (parts[0].id, parts[0].start, parts[-1].end) == (one.id, one.start, one.end)
    assert len({part.id for part in parts}) == len(parts)
    if backchannel == 0:
        assert all({word.speaker for word in part.words} == {part.speaker} for part in parts if part is not one)
    if told:
        assert len({word.speaker is None for word in one.words}) == 1


# -- when it is told ---------------------------------------------------------------------------------------------------


def test_turns_after_the_segments() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5)
    events = list(named([SegmentUpdate(segment=one), turn(0, 1.6, "A"), turn(1.9, 3, "B")], 0.5))
    assert events[0] == SegmentUpdate(segment=one)
    assert said(events) == [("s1", "A", "How are you?"), ("s1.2", "B", "Fine, thanks.")]


def test_turns_before_the_segments() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5)
    events = list(named([turn(0, 1.6, "A"), turn(1.9, 3, "B"), SegmentUpdate(segment=one)], 0.5))
    assert len(events) == 4
    assert said(events) == [("s1", "A", "How are you?"), ("s1.2", "B", "Fine, thanks.")]


def test_a_tentative_segment_is_named_and_not_parted() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5)
    tentative = SegmentUpdate(segment=one, final=False, committed=3)
    [*_, told] = named([turn(0, 1.6, "A"), turn(1.9, 3, "B"), tentative], 0.5)
    assert isinstance(told, SegmentUpdate)
    assert (told.segment.id, told.segment.text, who(told.segment)) == ("s1", one.text, "AAABB")
    assert (told.final, told.committed) == (False, 3)


def test_a_correction_names_only_what_it_concerns() -> None:
    early, late = segment("a", 0, id="s1"), segment("b", 20, id="s2")
    tick = Tick(30.0)
    first = [SegmentUpdate(segment=early), SegmentUpdate(segment=late), turn(0, 1, "A"), turn(20, 21, "A"), tick]
    events = list(named([*first, turn(20, 21, "B"), tick]))
    assert [e.segment.id for e in events[-3:] if isinstance(e, SegmentUpdate)] == ["s2"]
    assert said(events) == [("s1", "A", "a"), ("s2", "B", "b")]


def test_a_part_that_is_none_any_more_is_withdrawn() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5)
    parting = [SegmentUpdate(segment=one), turn(0, 1.6, "A"), turn(1.9, 3, "B"), Tick(4.0)]
    events = list(named([*parting, turn(1.9, 3, "A"), Tick(5.0)], 0.5))
    assert said(events) == [("s1", "A", one.text)]
    assert [s.suspect for s in Recording.of(events).transcript] == [None, GONE]
    again = list(named([*parting, turn(1.9, 3, "A"), Tick(5.0), turn(1.9, 3, "C")], 0.5))
    assert said(again) == [("s1", "A", "How are you?"), ("s1.2", "C", "Fine, thanks.")]


def test_a_withdrawn_turn_says_nothing() -> None:
    one = segment("a b", 0, 2)
    events = named([SegmentUpdate(segment=one), turn(0, 1, "A"), turn(1.9, 3, "B", "t"), turn(1.9, 1.9, "B", "t")])
    recording = Recording.of(events)
    assert [s.speaker for s in recording.transcript] == ["A"]
    assert [t.speaker for t in recording.diarization] == ["A"]


def test_who_is_known_already_stays() -> None:
    known = SegmentUpdate(segment=segment("a b", 0, 1, speaker="Channel 1"))
    assert next(iter(named([known, turn(0, 2, "A")]))) == known
    assert said(named([known, turn(0, 2, "A")])) == [("s1", "Channel 1", "a b")]


def test_a_translated_segment_stays_whole_and_so_keeps_its_translation() -> None:
    one = segment("How are you? Fine, thanks.", 0, 0.5, 1, 2, 2.5)
    abroad = SegmentUpdate(segment=replace(one, text="Ça va? Bien.", words=()), target="fr")
    recording = Recording.of(named([SegmentUpdate(segment=one), abroad, turn(0, 1.6, "A"), turn(1.9, 3, "B")]))
    [whole] = recording.transcript
    assert (whole.id, whole.speaker, who(whole)) == ("s1", "A", "AAABB")
    [told] = recording.translations["fr"]
    assert (told.id, told.speaker, told.text) == ("s1", "A", "Ça va? Bien.")


@settings(max_examples=100)
@given(WORDS, st.lists(TURNS, min_size=1, max_size=4))
def test_however_often_it_is_corrected_the_end_is_as_if_told_at_once(
    words: list[tuple[float, float]], told: list[list[Any]]
) -> None:
    one = SegmentUpdate(segment=in_turn(words))

    def updates(some: list[Any]) -> list[TurnUpdate]:
        return [turn(start, end, speaker, f"t{number}") for number, (start, end, speaker) in enumerate(some)]

    gone = [turn(0, 0, "A", f"t{number}") for number in range(8)]
    corrected = [event for some in told for event in (*gone, *updates(some), Tick(0.0))]
    assert said(named([one, *corrected])) == said(named([one, *updates(told[-1])]))


# -- through a lab -----------------------------------------------------------------------------------------------------


class Heard:
    """A recognizer of four words, one a second."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def transcribe(self, audio: Audio, options: Params) -> Iterator[Segment]:
        words = tuple(Word(at, at + 0.9, text=text) for at, text in enumerate(("How", "so?", "Like", "this.")))
        yield Segment(0, 4, text="How so? Like this.", words=words)


class Corrects:
    """A diarizer that first hears one person, and two in the end."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: Params) -> Corrects:
        return self

    def feed(self, audio: Audio) -> list[TurnUpdate]:
        return [turn(0, audio.end, "A", "t1", final=False)]

    def flush(self) -> list[TurnUpdate]:
        return [turn(0, 2, "A", "t1"), turn(2, 4, "B", "t2")]


class Counts:
    """A translator that notes what it was given."""

    given: ClassVar[list[str]] = []

    def __init__(self, params: Params, context: Context) -> None: ...

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        self.given.extend(texts)
        return [f"[{target}] {text}" for text in texts]


class Plugin:
    ENGINES: ClassVar = {Kind.ASR: Heard, Kind.DIARIZE: Corrects, Kind.TRANSLATE: Counts}

    @hookimpl
    def register_engines(self, register: Any) -> None:
        for kind, engine in self.ENGINES.items():
            register(EngineSpec(id="made-up", kind=kind, load=engine, license="Apache-2.0", summary="."))


PIPELINE = '[[stage]]\nuse = "asr/made-up"\n[[stage]]\nuse = "diarize/made-up"\n'
SOUND = Audio((0.5 * np.sin(np.arange(4 * 16_000) * 0.1)).astype(np.float32), 16_000)


@pytest.mark.parametrize("backchannel", [0.5, 3.0])
def test_in_batch_and_live_the_same_is_said_by_the_same(backchannel: float) -> None:
    lab = Lab(Plugin(), discover=False)
    pipeline = f"{PIPELINE}backchannel = {backchannel}\n"
    batch = lab.run(pipeline, SOUND)
    live = Recording.of(lab.stream(pipeline, SOUND.chunks(0.5)))
    for recording in (batch, live):
        assert [(s.speaker, s.text) for s in recording.transcript.spoken] == [("A", "How so?"), ("B", "Like this.")]
    assert batch.diarization == live.diarization


def test_live_a_segment_has_its_speaker_before_the_end() -> None:
    lab = Lab(Plugin(), discover=False)
    hush = Audio(np.zeros(32_000, np.float32), 16_000, 4.0)
    seen: list[str | None] = []
    for event in lab.stream(PIPELINE, [*SOUND.chunks(0.5), *hush.chunks(0.5)]):
        if isinstance(event, AudioChunk) and event.audio.end >= 6.0:
            break
        if isinstance(event, SegmentUpdate) and event.final:
            seen.append(event.segment.speaker)
    assert seen[-1:] == ["A"]


def test_another_speaker_is_not_translated_anew() -> None:
    Counts.given.clear()
    recording = Recording.of(
        Lab(Plugin(), discover=False).stream(
            f'{PIPELINE}[[stage]]\nuse = "translate/made-up"\nto = "fr"\n', SOUND.chunks(0.5)
        )
    )
    told = [(s.id, s.speaker, s.text) for s in recording.translations["fr"] if s.id in ("s00000000", "s00000000.2")]
    assert told == [("s00000000", "A", "[fr] How so?"), ("s00000000.2", "B", "[fr] Like this.")]
    assert sorted(Counts.given) == sorted(set(Counts.given))


def test_an_engine_that_is_started_again_tells_its_turns_anew() -> None:
    tell = turned()
    updates = [turn(0, 10, "A", "t1", final=False), turn(100, 110, "A", "t2", final=False)]
    events = [
        event for answer in (*updates, RESTARTED, turn(99, 110, "A", "t3", final=False)) for event in tell(answer)
    ]
    assert [(t.start, t.end) for t in Recording.of(events).diarization] == [(0, 10), (99, 110)]


# -- leaving -----------------------------------------------------------------------------------------------------------


class Slow:
    """A diarizer that only streams, and tells how much it was given at once."""

    heard: ClassVar[list[float]] = []

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: Params) -> Slow:
        return self

    def feed(self, audio: Audio) -> Iterator[TurnUpdate]:
        self.heard.append(audio.duration)
        yield from ()

    def flush(self) -> Iterator[TurnUpdate]:
        yield from ()

    @hookimpl
    @staticmethod
    def register_engines(register: Any) -> None:
        register(EngineSpec(id="slow", kind=Kind.DIARIZE, load=Slow))


def test_who_leaves_waits_for_ten_seconds_of_sound_at_most() -> None:
    Slow.heard = []
    minutes = Audio(np.zeros(16_000 * 150, np.float32), 16_000)
    run = iter(Lab(Slow, discover=False).open('[[stage]]\nuse = "diarize/slow"\n', minutes))
    for event in run:
        if isinstance(event, AudioChunk) and event.audio.end >= 30.0:
            break
    run.close()
    assert Slow.heard
    assert max(Slow.heard) <= 10.0
    assert sum(Slow.heard) <= 30.0
