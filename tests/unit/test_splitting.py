"""Segments become their sentences at word times, each under a name that no other has."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from speechlab import Recording, Segment, SegmentUpdate, Word
from speechlab.stages.splitting import Splitting, parted


def segment(text: str, *, words: bool = True, id: str = "s1") -> Segment:
    texts = text.split()
    timed = tuple(Word(10.0 + n, 10.8 + n, text=one) for n, one in enumerate(texts))
    return Segment(10, 10.0 + len(texts), text=text, id=id, words=timed if words else ())


def test_each_sentence_has_its_words_and_their_time() -> None:
    first, second = parted(segment("Hello there. How are you?"), ["Hello there. ", "How are you?"])
    assert (first.text, first.start, first.end) == ("Hello there.", 10, 11.8)
    assert (second.text, second.start, second.end) == ("How are you?", 12, 15)
    assert [word.text for word in second.words] == ["How", "are", "you?"]


def test_no_sentence_ends_inside_a_word() -> None:
    parts = parted(segment("see example.com now then"), ["see example.", "com now ", "then"])
    assert [part.text for part in parts] == ["see example.com", "now", "then"]


def test_without_words_the_time_is_shared_by_characters() -> None:
    parts = parted(segment("abcd. ef. h", words=False), ["abcd. ", "ef. ", "h"])
    assert [part.text for part in parts] == ["abcd.", "ef.", "h"]
    assert parts[1].start == parts[0].end
    assert parts[-1].end == 13


def test_sentences_that_are_another_text_leave_it_whole() -> None:
    one = segment("Hello there. You.")
    assert parted(one, ["Hello there.", "Me."]) == [one]
    assert parted(one, ["Hello there."]) == [one]
    assert parted(one, []) == [one]


def test_entities_go_with_their_sentence() -> None:
    found = [{"kind": "PERSON", "start": 10, "end": 13, "text": "Ann", "score": 1.0}]
    _, second = parted(segment("Hi there. Ann is in.").noting(entities=found), ["Hi there.", "Ann is in."])
    assert second.extra["entities"] == [{"kind": "PERSON", "start": 0, "end": 3, "text": "Ann", "score": 1.0}]
    first, _ = parted(segment("Hi there. Ann is in.").noting(entities=found), ["Hi there.", "Ann is in."])
    assert first.extra["entities"] == []


def told(splitting: Splitting, one: Segment, sentences: list[str]) -> list[tuple[str, str]]:
    splitting.knows(one)
    return [(part.id, part.text) for part in splitting.of(one, sentences) if not part.suspect]


def test_a_segment_that_is_told_again_has_its_sentences_under_the_same_names() -> None:
    splitting = Splitting()
    assert told(splitting, segment("A b. C d."), ["A b. ", "C d."]) == [("s1", "A b."), ("s1_2", "C d.")]
    assert told(splitting, segment("A b! C e."), ["A b! ", "C e."]) == [("s1", "A b!"), ("s1_2", "C e.")]


def test_sentences_that_are_none_any_more_are_withdrawn() -> None:
    splitting, one = Splitting(), segment("A b. C d.")
    events = [SegmentUpdate(segment=one), *map(_update, splitting.of(one, ["A b. ", "C d."]))]
    whole = segment("A b, C d.")
    events += [SegmentUpdate(segment=whole), *map(_update, splitting.of(whole, ["A b, C d."]))]
    assert Recording.of(events).transcript.text == "A b, C d."


def test_two_splitters_in_a_row_name_nothing_twice() -> None:
    first, second = Splitting(), Splitting()
    parts = first.of(segment("A b. C d; E f."), ["A b. ", "C d; E f."])
    for part in parts:
        second.knows(part)
    again = [*second.of(parts[0], ["A ", "b."]), *second.of(parts[1], ["C d; ", "E f."])]
    assert len({part.id for part in again}) == 4


@given(st.lists(st.lists(st.text("ab.", min_size=1, max_size=3), min_size=1, max_size=4), min_size=1), st.booleans())
def test_nothing_is_lost_and_time_goes_on(sentences: list[list[str]], words: bool) -> None:
    texts = [" ".join(sentence) for sentence in sentences]
    whole = segment(" ".join(texts), words=words)
    parts = parted(whole, texts)
    assert "".join("".join(part.text for part in parts).split()) == "".join(whole.text.split())
    assert tuple(word for part in parts for word in part.words) == whole.words
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
    assert all(before.end <= after.start for before, after in pairwise(parts))


def _update(part: Segment) -> SegmentUpdate:
    return SegmentUpdate(segment=part)
