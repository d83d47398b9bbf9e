"""What interpreters promise: something said in the other language, in sound or in text."""

from __future__ import annotations

import numpy as np

from ...types import Audio, SegmentUpdate, SynthesisChunk
from ..sounds import spoken
from ..subject import Subject
from .asked import LATE, SLACK, are_plain, through


def interpreted(subject: Subject, audio: Audio) -> list[SegmentUpdate | SynthesisChunk]:
    """What it says while it hears a sound."""
    answers = through(subject.engine.interpret(subject.target, subject.options), audio.chunks(0.5))
    for answer in answers:
        match answer:
            case SegmentUpdate(segment=segment, target=target):
                assert segment.id, "an update needs its segment's id"
                assert target in (None, subject.target), f"it was asked for {subject.target!r}, not for {target!r}"
                are_plain(segment.start, segment.end)
                assert segment.start >= audio.start - SLACK, f"{segment} lies before the sound"
            case SynthesisChunk(audio=sound):
                assert np.isfinite(sound.samples).all(), "there are samples that are no numbers"
            case _:
                raise AssertionError(f"{answer!r} is neither a SegmentUpdate nor a SynthesisChunk")
    updates = [answer for answer in answers if isinstance(answer, SegmentUpdate)]
    newest = {(update.target, update.segment.id): update for update in updates}
    assert all(update.final for update in newest.values()), "a segment was never settled"
    ids = {update.segment.id for update in updates}
    for chunk in answers:
        if isinstance(chunk, SynthesisChunk) and chunk.segment_id:
            assert chunk.segment_id in ids, f"there is sound for a segment {chunk.segment_id!r} that it never told of"
    return answers


def check_interprets_a_stream(subject: Subject) -> None:
    """A stream goes in; something is said in the other language, in sound or in text."""
    answers = interpreted(subject, spoken(subject.spec.sample_rate, start=LATE))
    translated = [one for one in answers if isinstance(one, SynthesisChunk) or one.target == subject.target]
    assert translated, f"nothing was said in {subject.target!r}"
