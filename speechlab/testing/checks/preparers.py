"""What preparers promise: the same sound at the same times, whatever its rate and its channels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ...media import fit
from ...types import Audio
from ..sounds import silence, spoken
from ..subject import Subject
from .asked import LATE, through
from .denoisers import LIKENESS, likeness

RATES = (8_000, 44_100, 96_000)
"""Sample rates in Hz that recordings have."""
STEP = 1e-3
"""Seconds by which two chunks that follow each other may be told to lie apart."""


def prepared(subject: Subject, audio: Audio, seconds: float = 0.25) -> Audio:
    """What comes out where a sound goes in by chunks of so many seconds: finite, in its time, without a hole."""
    parts = through(subject.engine.open(subject.options), audio.chunks(seconds))
    assert all(isinstance(part, Audio) for part in parts), "what comes out is Audio"
    parts = [part for part in parts if part.frames]
    if not parts:
        return Audio(np.zeros((audio.channels, 0), np.float32), audio.sample_rate, audio.start)
    shapes = {(part.sample_rate, part.channels) for part in parts}
    assert len(shapes) == 1, f"its rate or its channels change: {sorted(shapes)}"
    for one, other in pairwise(parts):
        assert one.end == pytest.approx(other.start, abs=STEP), "there is a hole, or an overlap"
    whole = Audio.join(parts)
    assert np.isfinite(whole.samples).all(), "there are samples that are no numbers"
    assert np.abs(whole.samples).max() <= 1, "it is louder than full scale"
    inside = audio.start - STEP <= whole.start and whole.end <= audio.end + STEP
    assert inside, f"{whole.start:.3f} to {whole.end:.3f} s is not inside {audio.start:.3f} to {audio.end:.3f} s"
    return whole


def check_keeps_what_is_heard_in_its_time(subject: Subject) -> None:
    """Speech is still heard, when it was heard before, of one channel and of two, at each rate."""
    for rate in RATES:
        speech = spoken(rate, start=LATE)
        for channels in (1, 2):
            audio = Audio(np.repeat(speech.samples, channels, axis=0), rate, LATE)
            after = fit(prepared(subject, audio), 8_000)
            assert after.frames, f"of speech at {rate} Hz, nothing came out"
            before = fit(audio, 8_000).crop(after.start, after.end)
            frames = min(before.frames, after.frames)
            alike = abs(likeness(before.mono[:frames], after.mono[:frames]))
            assert alike > LIKENESS, f"at {rate} Hz, it correlates by {alike:.2f} with what is said at that time"


def check_prepares_alike_however_it_is_cut(subject: Subject) -> None:
    """The same sound comes out, however the stream is cut."""
    speech = spoken(44_100)
    audio = Audio(np.stack([speech.mono, speech.mono / 2]), 44_100)
    whole = prepared(subject, audio, 60.0)
    for seconds in (0.03, 1.3):
        other = prepared(subject, audio, seconds)
        assert other.samples.shape == whole.samples.shape, f"in chunks of {seconds} s it is not as long"
        assert other.start == pytest.approx(whole.start, abs=STEP), f"in chunks of {seconds} s it begins elsewhere"
        apart = float(np.abs(other.samples - whole.samples).max())
        assert apart < 1e-3, f"in chunks of {seconds} s it sounds otherwise, by {apart:.4f} of full scale"


def check_makes_no_sound_of_silence(subject: Subject) -> None:
    """Digital silence stays silence."""
    after = prepared(subject, silence(3))
    loudest = float(np.abs(after.samples).max()) if after.frames else 0.0
    assert loudest < 1e-3, f"it made a sound as loud as {loudest:.4f} out of silence"
