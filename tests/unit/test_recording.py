"""A recording is the fold of its events, whatever way they are grouped, and survives its codec."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Audio,
    AudioChunk,
    Event,
    Fold,
    Progress,
    Recording,
    Segment,
    SegmentUpdate,
    Span,
    SpeechEnded,
    SpeechStarted,
    SynthesisChunk,
    Tick,
    Turn,
    TurnUpdate,
    Word,
)
from speechlab.types.codec import dump, from_json, load, to_json

times = st.integers(0, 3000).map(lambda n: n / 8)
spans = st.tuples(times, times).map(sorted)
text = st.text(max_size=12)
extra = st.dictionaries(
    st.sampled_from(["suspect", "avg_logprob"]), st.sampled_from(["no speech", -0.5, 0]), max_size=2
)
words = spans.flatmap(
    lambda s: st.builds(
        Word,
        start=st.just(s[0]),
        end=st.just(s[1]),
        text=text,
        confidence=st.none() | st.sampled_from([0.0, 0.5, 1.0]),
        speaker=st.none() | text,
    )
)
segments = spans.flatmap(
    lambda s: st.builds(
        Segment,
        start=st.just(s[0]),
        end=st.just(s[1]),
        text=text,
        id=st.sampled_from(["a", "b", "c", "d"]),
        language=st.sampled_from([None, "en", "pt-BR"]),
        speaker=st.none() | text,
        words=st.lists(words, max_size=2).map(tuple),
        extra=extra,
    )
)
turns = spans.flatmap(
    lambda s: st.builds(
        Turn, start=st.just(s[0]), end=st.just(s[1]), speaker=st.sampled_from("AB"), id=st.sampled_from(["", "x", "y"])
    )
)
events = st.one_of(
    st.builds(SpeechStarted, times),
    st.builds(SpeechEnded, times),
    st.builds(SegmentUpdate, segment=segments, final=st.booleans(), target=st.sampled_from([None, "fr"])),
    st.builds(TurnUpdate, turn=turns, final=st.booleans()),
    st.builds(Progress, st.just("asr/toy"), times, st.none() | times),
    st.builds(Tick, times),
)


@given(st.lists(events), st.lists(events))
def test_folding_in_two_parts_is_folding_at_once(first: list[Event], second: list[Event]) -> None:
    at_once, parted = Recording.of(first + second), Recording.of(second, onto=Recording.of(first))
    assert (parted.transcript, parted.translations) == (at_once.transcript, at_once.translations)
    assert (parted.diarization, parted.duration, parted.tentative) == (
        at_once.diarization,
        at_once.duration,
        at_once.tentative,
    )


@given(st.lists(events))
def test_only_the_newest_of_each_segment_counts(some: list[Event]) -> None:
    newest: dict[tuple[str, str | None], Event] = {}
    for event in some:
        if isinstance(event, SegmentUpdate):
            newest.pop((event.segment.id, event.target), None)
            newest[event.segment.id, event.target] = event
    assert Recording.of(newest.values()).transcript.segments == Recording.of(some).transcript.segments


@given(st.lists(events))
def test_an_event_log_comes_back_from_jsonl(some: list[Event]) -> None:
    lines = list(dump(some))
    assert all("\n" not in line for line in lines)
    assert list(load(lines)) == some


def test_sound_comes_back_from_jsonl_bit_by_bit() -> None:
    audio = Audio(np.random.default_rng(0).normal(size=(2, 33)).astype(np.float32), 8000, 1.5)
    word = Word(0.0, 0.5, text="hi")
    for event in (AudioChunk(audio), SynthesisChunk(audio=audio, segment_id="a", voice="v", words=(word,))):
        back = from_json(json.loads(json.dumps(to_json(event))))
        assert isinstance(back, type(event))
        assert (back.audio.digest, back.audio.start) == (audio.digest, audio.start)
        assert getattr(back, "words", ()) == getattr(event, "words", ())


@pytest.mark.parametrize("data", [{}, {"event": "Nonsense"}, {"event": "Tick"}, {"event": "Tick", "when": 1}])
def test_what_is_no_event_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no event|not a Tick"):
        from_json(data)


def test_speech_is_told_as_spans_and_an_open_one_waits() -> None:
    fold = Fold()
    for event in (SpeechStarted(1.0), SpeechEnded(2.0), SpeechStarted(3.0)):
        fold.apply(event)
    assert fold.recording().speech == (Span(1.0, 2.0), Span(3.0, 3.0))
    fold.apply(SpeechEnded(4.0))
    assert fold.recording().speech == (Span(1.0, 2.0), Span(3.0, 4.0))


def test_suspected_text_is_kept_but_not_said() -> None:
    said, made_up = Segment(0, 1, text="Hello.", id="a"), Segment(1, 2, text="Thanks for watching!", id="b")
    recording = Recording.of([SegmentUpdate(segment=said), SegmentUpdate(segment=made_up.noting(suspect="no speech"))])
    assert recording.transcript.text == "Hello."
    assert [s.suspect for s in recording.transcript] == [None, "no speech"]


def test_many_segments_fold_in_order() -> None:
    updates = [SegmentUpdate(segment=Segment(i, i + 1, text="x", id=str(i))) for i in reversed(range(5000))]
    assert [s.start for s in Recording.of(updates).transcript] == list(range(5000))
