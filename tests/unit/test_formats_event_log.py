"""The event log of a recording folds into the same recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speechlab import (
    Event,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    Tick,
    Transcript,
    Turn,
    TurnUpdate,
    Word,
)
from speechlab.formats.event_log import write
from speechlab.types import codec

times = st.floats(0, 1e5)
spans = st.tuples(times, times).map(lambda pair: {"start": min(pair), "end": max(pair)})
names = st.sampled_from(["a", "b", "c"])
maybe = st.none() | st.sampled_from(["en", "fr"])
words = st.builds(lambda span, text, confidence: Word(**span, text=text, confidence=confidence),
                  spans, st.text(), st.none() | st.floats(0, 1))  # fmt: skip
segments = st.builds(
    lambda span, id, text, language, speaker, words, extra: Segment(
        **span, id=id, text=text, language=language, speaker=speaker, words=tuple(words), extra=extra
    ),
    spans, names, st.text(), maybe, maybe, st.lists(words, max_size=2),
    st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.booleans())),
)  # fmt: skip
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(SpeechStarted, times),
    st.builds(SpeechEnded, times),
    st.builds(Tick, times),
    st.builds(SegmentUpdate, segment=segments, final=st.booleans(), target=maybe),
    st.builds(lambda span, id, speaker: TurnUpdate(turn=Turn(**span, id=id, speaker=speaker)), spans,
              st.just("") | names, names),
)  # fmt: skip


def again(recording: Recording) -> Recording:
    return Recording.of(codec.load(write(recording, Params()).decode().split("\n")))


@given(st.lists(events))
def test_any_recording_comes_back(happened: list[Event]) -> None:
    recording = Recording.of(happened)
    assert again(recording) == recording


def test_segments_without_ids_do_not_replace_each_other() -> None:
    bare = Transcript((Segment(start=0, end=1, text="One"), Segment(start=1, end=2, text="Two")))
    assert again(Recording(transcript=bare)).transcript.text == "One Two"


def test_numbers_of_numpy_are_numbers() -> None:
    time = np.float32(0.5)
    segment = Segment(start=time, end=np.float64(1.5), text="Hi", id="1", extra={"score": np.float32(0.25)})
    recording = Recording(transcript=Transcript((segment,)), duration=1.5)
    assert again(recording) == replace(recording, transcript=Transcript((segment.noting(score=0.25),)))
