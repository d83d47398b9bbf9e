"""Speakers corrected by a person: what edits keep, how they are undone, and names that survive another run."""

from __future__ import annotations

import io
import json
import os
import threading
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    ConfigError,
    Diarization,
    Lab,
    OutputError,
    Recording,
    Segment,
    Span,
    Transcript,
    Turn,
    Word,
    union,
)
from speechlab.source import Source
from speechlab.speakers import Assign, Editing, Edits, Merge, Rename, relabelled, shares, speakers_of
from speechlab.speakers.keeping import Kept, Shelf
from speechlab.speakers.rerun import known_again, matched, times

A, B, C = "Speaker 1", "Speaker 2", "Speaker 3"


def said(id: str, start: float, speaker: str | None, text: str, step: float = 0.5) -> Segment:
    words = tuple(
        Word(start + n * step, start + (n + 1) * step, text=word, speaker=speaker)
        for n, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text=text, id=id, speaker=speaker, words=words)


def recorded(*segments: Segment, turns: tuple[Turn, ...] | None = None, **more: Any) -> Recording:
    if turns is None:
        turns = tuple(
            Turn(max(0.0, s.start - 0.1), s.end + 0.1, speaker=s.speaker, id=f"t{n}")
            for n, s in enumerate(segments)
            if s.speaker
        )
    return Recording(Transcript(segments, "en"), diarization=Diarization(turns), **more)


TALK = recorded(
    said("a", 0.0, A, "Good morning to you"),
    said("b", 3.0, B, "And to you"),
    said("c", 6.0, A, "How are you"),
    said("d", 9.0, C, "I am here too"),
)


def names(recording: Recording) -> list[str | None]:
    return [segment.speaker for segment in recording.transcript]


def words(recording: Recording) -> list[tuple[float, float, str]]:
    return [(word.start, word.end, word.text) for segment in recording.transcript for word in segment.words]


def covered(recording: Recording, speaker: str) -> list[Span]:
    return times(recording).get(speaker, [])


# -- what edits do -----------------------------------------------------------------------------------------------------


def test_a_speaker_is_called_otherwise_everywhere() -> None:
    track = Transcript((Segment(0, 2, text="Bonjour", id="a", speaker=A),), "fr")
    told = Rename(A, "Ada").apply(replace(TALK, translations={"fr": track}))
    assert names(told) == ["Ada", B, "Ada", C]
    assert {word.speaker for word in told.transcript.segments[0].words} == {"Ada"}
    assert [segment.speaker for segment in told.translations["fr"]] == ["Ada"]
    assert told.diarization.speakers == ("Ada", B, C)


def test_a_likeness_to_a_profile_is_not_said_of_another_name() -> None:
    turns = (Turn(0, 2, speaker="Ada", id="t", similarity=0.8), Turn(3, 4, speaker=B, id="u"))
    told = Rename("Ada", "Grace").apply(Recording(diarization=Diarization(turns)))
    assert [turn.similarity for turn in told.diarization] == [None, None]
    kept = Merge((B,), "Ada").apply(Recording(diarization=Diarization(turns)))
    assert [turn.similarity for turn in kept.diarization] == [0.8, None]


def test_two_speakers_become_one_whose_turns_do_not_overlap() -> None:
    turns = (Turn(0, 2, speaker=A, id="t0"), Turn(1, 4, speaker=B, id="t1"), Turn(5, 6, speaker=B, id="t2"))
    told = Merge((B,), A).apply(Recording(diarization=Diarization(turns)))
    assert told.diarization.turns == (Turn(0, 4, speaker=A, id="t0"), Turn(5, 6, speaker=A, id="t2"))


def test_segments_are_given_to_another_speaker_with_their_words_and_their_time() -> None:
    told = Assign.of(TALK, ["c"], C).apply(TALK)
    assert names(told) == [A, B, C, C]
    assert {word.speaker for word in told.transcript.segments[2].words} == {C}
    assert covered(told, A) == [Span(0.0, 2.1)]
    assert covered(told, C) == [Span(5.9, 7.6), Span(8.9, 11.1)], "the slivers around the words go with them"


def test_a_new_name_splits_a_speaker() -> None:
    assert speakers_of(Assign.of(TALK, ["c"], "Dan").apply(TALK)) == (A, B, "Dan", C)


def test_what_others_say_in_a_segment_stays_theirs() -> None:
    own = said("a", 0.0, A, "yes I think so")
    mixed = replace(own, words=(replace(own.words[0], speaker=B), *own.words[1:]))
    told = Assign.of(recorded(mixed), ["a"], C).apply(recorded(mixed))
    assert [word.speaker for word in told.transcript.segments[0].words] == [B, C, C, C]


def test_of_a_long_turn_only_the_stretch_is_given_away() -> None:
    long = recorded(
        said("a", 0.0, A, "one two three four"),
        said("b", 2.0, A, "five six"),
        said("c", 4.0, A, "seven eight"),
        turns=(Turn(0, 6, speaker=A, id="t"),),
    )
    told = Assign.of(long, ["b"], B).apply(long)
    assert [(turn.start, turn.end, turn.speaker) for turn in told.diarization] == [(0, 2, A), (2, 3, B), (3, 6, A)]
    assert len({turn.id for turn in told.diarization}) == 3


def test_who_had_no_turn_gets_one() -> None:
    silent = recorded(said("a", 0.0, A, "hello there"), turns=(Turn(20, 21, speaker=B, id="t"),))
    told = Assign.of(silent, ["a"], B).apply(silent)
    assert covered(told, B) == [Span(0, 1), Span(20, 21)]


def test_without_turns_the_segments_tell_who_speaks() -> None:
    plain = recorded(said("a", 0.0, A, "hello"), said("b", 1.0, A, "there"), turns=())
    told = Assign.of(plain, ["b"], B).apply(plain)
    assert not len(told.diarization)
    assert times(told) == {A: [Span(0, 0.5)], B: [Span(1.0, 1.5)]}


def test_what_nobody_was_known_to_say_can_be_given_to_somebody() -> None:
    plain = recorded(said("a", 0.0, None, "hello there"))
    assert names(Assign.of(plain, ["a"], "Ada").apply(plain)) == ["Ada"]


def test_a_translated_segment_goes_with_the_one_it_translates() -> None:
    track = Transcript((Segment(6.0, 7.5, text="Comment vas-tu", id="c", speaker=A),), "fr")
    there = replace(TALK, translations={"fr": track})
    told = Assign.of(there, ["c"], B).apply(there)
    assert [segment.speaker for segment in told.translations["fr"]] == [B]


# -- laws --------------------------------------------------------------------------------------------------------------

SPEAKERS = (A, B, C)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    segments, at = [], 0.0
    for number in range(draw(st.integers(1, 8))):
        at += draw(st.sampled_from([0.0, 0.4, 1.5]))
        count = draw(st.integers(1, 4))
        segment = said(
            f"s{number}", at, draw(st.sampled_from(SPEAKERS)), " ".join(f"w{number}{n}" for n in range(count))
        )
        if count > 1 and draw(st.booleans()):
            other = draw(st.sampled_from(SPEAKERS))
            segment = replace(segment, words=(*segment.words[:-1], replace(segment.words[-1], speaker=other)))
        segments.append(segment)
        at = segment.end
    turns = [
        Turn(start, start + draw(st.sampled_from([0.3, 1.0, 2.5])), speaker=draw(st.sampled_from(SPEAKERS)), id=f"t{n}")
        for n, start in enumerate(sorted(draw(st.lists(st.integers(0, 12), max_size=8))))
    ]
    return recorded(*segments, turns=tuple(turns))


def edits(recording: Recording) -> st.SearchStrategy[Any]:
    who, ids = st.sampled_from(speakers_of(recording)), [segment.id for segment in recording.transcript]
    name = st.sampled_from([*SPEAKERS, "Ada", "Grace"])
    return st.one_of(
        st.builds(Rename, who, name),
        st.builds(Merge, st.lists(who, min_size=1).map(tuple), name),
        st.builds(lambda some, to: Assign.of(recording, some, to), st.lists(st.sampled_from(ids), min_size=1), name),
    )


@given(st.data())
def test_edits_keep_every_word_and_its_time_and_when_anybody_speaks(data: st.DataObject) -> None:
    before = now = data.draw(recordings())
    for _ in range(data.draw(st.integers(1, 5))):
        now = data.draw(edits(now)).apply(now)
        assert words(now) == words(before)
        assert now.transcript.text == before.transcript.text
        assert [segment.id for segment in now.transcript] == [segment.id for segment in before.transcript]
        kept = [turn.id for turn in now.diarization]
        assert len(kept) == len(set(kept))
        assert all(turn for turn in now.diarization)
        spoken, added = union(before.diarization), union(now.diarization)
        assert union([*spoken, *added]) == added, "nobody's speech is forgotten"


@given(st.data())
def test_undo_gives_the_recording_back_and_redo_the_edits(data: st.DataObject) -> None:
    start = data.draw(recordings())
    editing = Editing(start)
    views = [start]
    for _ in range(data.draw(st.integers(1, 5))):
        speakers = editing.speakers
        match data.draw(st.sampled_from(["rename", "merge", "assign"])):
            case "rename":
                editing.rename(speakers[0], f"Name {len(views)}")
            case "merge" if len(speakers) > 1:
                editing.merge(speakers[:2], speakers[data.draw(st.integers(0, 1))])
            case _:
                ids = [segment.id for segment in editing.recording.transcript]
                editing.assign([data.draw(st.sampled_from(ids))])
        views.append(editing.recording)
    end = editing.recording
    assert editing.edits.apply(start) == end
    for view in reversed(views[:-1]):
        assert editing.undo() == view
    assert editing.recording is start
    assert not editing.can_undo
    for view in views[1:]:
        assert editing.redo() == view
    assert editing.recording == end
    assert not editing.can_redo


@given(recordings(), st.sampled_from([*permutations(SPEAKERS, 2)]))
def test_a_merge_covers_the_same_whoever_is_merged_into_whom(recording: Recording, pair: tuple[str, str]) -> None:
    one, other = pair
    here, there = Merge((other,), one).apply(recording), Merge((one,), other).apply(recording)
    both = union(turn for turn in recording.diarization if turn.speaker in pair)
    assert union(turn for turn in here.diarization if turn.speaker == one) == both
    assert union(turn for turn in there.diarization if turn.speaker == other) == both
    for segment, again in zip(here.transcript, there.transcript, strict=True):
        assert (segment.speaker == one) == (again.speaker == other)


@given(st.data(), st.permutations(["X", *SPEAKERS]))
def test_names_are_the_same_after_another_run_with_other_labels(data: st.DataObject, labels: list[str]) -> None:
    """Two who speak in the very same time could not be told apart, so here nobody speaks at once."""
    recording = data.draw(recordings())
    first = replace(recording, diarization=recording.diarization.exclusive())
    told = Edits()
    for _ in range(data.draw(st.integers(1, 4))):
        told = told.and_then(data.draw(edits(told.apply(first))))
    spoken = [tuple(spans) for spans in times(first).values()]
    assume(len(set(spoken)) == len(spoken))
    again = relabelled(first, dict(zip(SPEAKERS, labels, strict=False)))
    assert told.apply(known_again(again, times(first))) == told.apply(first)


# -- another run -------------------------------------------------------------------------------------------------------


def test_another_engine_cuts_elsewhere_and_the_names_and_splits_stay(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "digest")
    editing = Editing(TALK, shelf)
    editing.rename(A, "Ada")
    editing.assign(["c"], "Dan")
    other = recorded(
        said("x1", 0.1, "S7", "Good morning to you", 0.45),
        said("x2", 3.1, "S3", "And to you", 0.5),
        said("x3", 5.7, "S7", "Well how are you", 0.5),
        said("x4", 9.1, "S9", "I am here too", 0.45),
    )
    again = Editing(other, shelf)
    assert names(again.recording) == ["Ada", B, "Ada", "Dan", C]
    assert [segment.text for segment in again.recording.transcript][2:4] == ["Well", "how are you"]
    assert again.can_undo
    again.undo()
    assert names(again.recording) == ["Ada", B, "Ada", C], "of this run, undone"


def test_who_is_nobody_of_those_before_takes_nobodys_name() -> None:
    before = {A: [Span(0, 10)], B: [Span(20, 30)]}
    now = Recording(
        diarization=Diarization(
            (Turn(0, 10, speaker=B, id="a"), Turn(20, 30, speaker=A, id="b"), Turn(40, 50, speaker=C, id="c"))
        )
    )
    assert known_again(now, before).diarization.speakers == (A, B, C)
    only = Recording(diarization=Diarization((Turn(40, 50, speaker=A, id="c"),)))
    assert known_again(only, before).diarization.speakers == (C,)


def test_a_little_in_common_is_no_likeness() -> None:
    assert matched({"x": [Span(0, 10)]}, {A: [Span(9, 30)]}) == {}
    assert matched({"x": [Span(0, 10)]}, {A: [Span(4, 30)]}) == {"x": A}


def test_who_was_merged_is_known_when_a_later_run_parts_them_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "digest")
    Editing(TALK, shelf).merge([A, C], "Ada")
    together = relabelled(TALK, {C: A})
    between = Editing(together, shelf)
    assert names(between.recording) == ["Ada", B, "Ada", "Ada"]
    between.rename(B, "Bob")
    assert names(Editing(TALK, shelf).recording) == ["Ada", "Bob", "Ada", "Ada"]


# -- editing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "sentence", "hint"),
    [
        (lambda e: e.rename("Speeker 1", "Ada"), "nobody is called 'Speeker 1'", "did you mean"),
        (lambda e: e.rename(A, B), "somebody else is called Speaker 2 already", "merge"),
        (lambda e: e.rename(A, " \n"), "a speaker needs a name", "letters"),
        (lambda e: e.rename(A, "x" * 101), "101 characters", "at most 100"),
        (lambda e: e.merge([A], A), "one speaker alone", "two or more"),
        (lambda e: e.merge([A], "Ada"), "one speaker alone", "two or more"),
        (lambda e: e.assign(["zz"], A), "no segment 'zz'", "again"),
        (lambda e: e.assign([], A), "no segment was named", "select"),
        (lambda e: e.undo(), "nothing to undo", "as they were"),
        (lambda e: e.redo(), "nothing to do again", "undone"),
    ],
)
def test_what_cannot_be_meant_is_said(do: Any, sentence: str, hint: str) -> None:
    editing = Editing(TALK)
    with pytest.raises(ConfigError, match=sentence) as caught:
        do(editing)
    assert hint in caught.value.hint
    assert editing.recording is TALK


def test_a_name_stands_on_one_line() -> None:
    editing = Editing(TALK)
    editing.rename(A, "  Ada\n\tLovelace\x00 ")
    assert editing.speakers == ("Ada Lovelace", B, C)


def test_what_changes_nothing_is_no_edit() -> None:
    editing = Editing(TALK)
    editing.rename(A, A)
    editing.assign(["a"], A)
    assert not editing.can_undo


def test_a_speaker_without_a_name_gets_the_next_label() -> None:
    editing = Editing(TALK)
    editing.assign(["c"])
    assert names(editing.recording) == [A, B, "Speaker 4", C]


def test_a_label_that_was_renamed_away_is_not_given_again() -> None:
    editing = Editing(TALK)
    editing.rename(C, "Cy")
    editing.assign(["b"])
    assert names(editing.recording) == [A, "Speaker 4", A, "Cy"]


def test_merging_into_one_who_was_not_named_among_them() -> None:
    editing = Editing(TALK)
    editing.merge([A], B)
    assert names(editing.recording) == [B, B, B, C]


def test_a_new_edit_forgets_what_was_undone() -> None:
    editing = Editing(TALK)
    editing.rename(A, "Ada")
    editing.undo()
    editing.rename(A, "Grace")
    assert not editing.can_redo


def test_what_cannot_be_forgotten_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "digest")
    shelf.path.mkdir(parents=True)  # a folder where the file should be cannot be deleted like one
    with pytest.raises(OutputError, match="cannot be deleted"):
        shelf.keep(Kept())


def test_what_is_undone_is_not_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "speakers", "digest")
    editing = Editing(TALK, shelf)
    editing.rename(A, "Ada")
    assert shelf.path.parent.stat().st_mode & 0o077 == shelf.path.stat().st_mode & 0o077 == 0
    editing.undo()
    assert not shelf.path.exists()


def test_names_that_nobody_has_touched_for_a_year_are_forgotten(tmp_path: Path) -> None:
    old, new = Shelf(tmp_path, "old"), Shelf(tmp_path, "new")
    Editing(TALK, old).rename(A, "Ada")
    os.utime(old.path, (0, 0))
    Editing(TALK, new).rename(A, "Ada")
    assert not old.path.exists()
    assert new.path.exists()


def test_each_owner_has_names_of_their_own(tmp_path: Path) -> None:
    Editing(TALK, Shelf(tmp_path, "digest", "ann")).rename(A, "Ada")
    assert Editing(TALK, Shelf(tmp_path, "digest", "ben")).recording is TALK
    assert names(Editing(TALK, Shelf(tmp_path, "digest", "ann")).recording)[0] == "Ada"


def test_every_edit_is_read_as_it_was_written(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "digest")
    told = Edits((Rename(A, "Ada"), Merge((B, C), B), Assign.of(TALK, ["a", "c"], "Dan")))
    shelf.keep(Kept(told, times(TALK)))
    assert shelf.load() == Kept(told, times(TALK))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"layout": 99}', '{"layout": 1, "edits": [{"do": "x"}], "times": {}}']
)
def test_a_file_that_cannot_be_read_is_as_none(tmp_path: Path, text: str) -> None:
    shelf = Shelf(tmp_path, "digest")
    shelf.path.write_text(text)
    assert shelf.load() == Kept()


def test_an_edit_that_cannot_be_kept_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "speakers").write_text("in the way")
    editing = Editing(TALK, Shelf(tmp_path / "speakers", "digest"))
    with pytest.raises(OutputError):
        editing.rename(A, "Ada")
    assert editing.recording is TALK


def test_many_at_once(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, "digest")
    editing = Editing(TALK, shelf)
    threads = [threading.Thread(target=editing.assign, args=(["a"], f"N{n}")) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(editing.edits) == 20
    assert len(json.loads(shelf.path.read_text())["edits"]) == 20


# -- shares ------------------------------------------------------------------------------------------------------------


def test_how_much_each_speaks() -> None:
    turns = (Turn(0, 6, speaker=A, id="t", similarity=0.7), Turn(6, 8, speaker=B, id="u"))
    told = shares(recorded(said("a", 0, A, "one two three"), said("b", 6, B, "four"), turns=turns))
    assert [(one.speaker, one.seconds, one.share, one.turns, one.words, one.similarity) for one in told] == [
        (A, 6, 0.75, 1, 3, 0.7),
        (B, 2, 0.25, 1, 1, None),
    ]


def test_nobody_speaks() -> None:
    assert shares(Recording()) == ()


def test_the_lab_keeps_them_by_the_sound_whatever_it_is_called(tmp_path: Path) -> None:
    sound = Audio(np.zeros((1, 1600), np.float32), 16_000)
    lab = Lab(discover=False, home=tmp_path)
    lab.editing(TALK, sound).rename(A, "Ada")
    assert names(lab.editing(TALK, Source(sound)).recording)[0] == "Ada"
    assert names(lab.editing(TALK, Audio(sound.samples + 0.5, 16_000)).recording)[0] == A


@pytest.mark.parametrize("format", ["vtt", "srt", "ass", "txt", "csv", "json", "rttm", "docx"])
def test_every_format_tells_the_names_that_were_given(format: str, tmp_path: Path) -> None:
    editing = Editing(TALK)
    editing.rename(A, "Ada Lovelace")
    editing.merge([B, C], "Bob")
    editing.assign(["c"], "Dan")
    data = Lab(discover=False, home=tmp_path).render(editing.recording, format)
    if format == "docx":
        text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    else:
        text = data.decode()
    for name in ("Ada Lovelace", "Bob", "Dan"):
        assert (name.replace(" ", "_") if format == "rttm" else name) in text
    assert "Speaker" not in text.replace("SPEAKER", "")
