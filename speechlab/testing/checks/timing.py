"""What synthesizers promise that tell when they say each word."""

from __future__ import annotations

import pytest

from ...engines import TimedSynthesizer
from ...stages.guard import said
from ...types import Audio, Span
from ..subject import Subject
from .asked import in_order, lies_in
from .voices import sounds

TEXT = "Good morning. The old lighthouse stands at the end of the harbor."


def check_tells_when_words_are_said(subject: Subject) -> None:
    """What its card says of times (the feature ``word_times``) is so: all words of a text follow each other inside its
    sound, which is as long as without them."""
    engine = subject.engine
    timed = isinstance(engine, TimedSynthesizer)
    assert timed == ("word_times" in subject.spec.features), "the feature word_times is that of a TimedSynthesizer"
    if not timed:
        pytest.skip("it does not tell when it says a word")
    chunks = list(engine.synthesize_timed(TEXT, None, subject.options))
    whole = Audio.join(sounds(chunk.audio for chunk in chunks))
    words = [word for chunk in chunks for word in chunk.words]
    told = [word.text for word in words]
    assert list(map(said, told)) == list(map(said, TEXT.split())), f"other words than those of the text: {told}"
    in_order(words)
    for word in words:
        lies_in(word, Span(0.0, whole.duration))
    alone = Audio.join(sounds(engine.synthesize(TEXT, None, subject.options)))
    assert alone.duration == pytest.approx(whole.duration, rel=0.25), "with times, it does not say the same"
