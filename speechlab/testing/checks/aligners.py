"""What aligners promise: the same text, and times for its words that lie where they are said."""

from __future__ import annotations

from ...types import Audio, Transcript
from ..sounds import spoken
from ..speech import words
from ..subject import Subject
from .asked import LATE, in_order, lies_in, said


def aligned(subject: Subject, audio: Audio, given: Transcript) -> Transcript:
    """The segments that come back: those given, and where they have words, all of them and in the sound."""
    came = subject.engine.align(audio, given, subject.options)
    assert isinstance(came, Transcript), f"{came!r} is no Transcript"
    assert [(segment.id, segment.text) for segment in came] == [(segment.id, segment.text) for segment in given]
    for segment, asked in zip(came, given, strict=True):
        lies_in(segment, audio)
        in_order(segment.words)
        for word in segment.words:
            lies_in(word, audio)
            lies_in(word, asked)
        text = " ".join(word.text for word in segment.words)
        assert words(text) == words(asked.text) or not segment.words, f"{asked.text!r} came back as {text!r}"
    return came


def check_aligns_what_it_is_given(subject: Subject) -> None:
    """The same segments come back, now with words whose times follow each other inside them."""
    audio, given = spoken(subject.spec.sample_rate, start=LATE), said(LATE)
    assert all(segment.words for segment in aligned(subject, audio, given)), "a segment that is said got no words"
    for segment in given:  # as when live: one segment, and the sound of that alone
        alone = Transcript((segment,), given.language)
        assert all(one.words for one in aligned(subject, audio.crop(segment.start, segment.end), alone))
    assert not len(aligned(subject, audio, Transcript()))
