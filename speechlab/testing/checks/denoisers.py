"""What denoisers promise: cleaner sound on the same timeline, in which speech can still be heard."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ...media import fit
from ...types import Audio, Samples
from ..sounds import spoken
from ..subject import Subject
from .asked import LATE, through

ENERGY = 0.02
"""How much of clean speech's energy must be left."""
LIKENESS = 0.3
"""Correlation that cleaned speech must have with what came in."""


def cleaned(subject: Subject, audio: Audio, seconds: float = 0.25) -> Audio:
    """What comes out where a sound goes in by chunks of so many seconds: finite, on its timeline, without a hole."""
    parts = through(subject.engine.open(subject.options), audio.chunks(seconds))
    assert all(isinstance(part, Audio) for part in parts), "what comes out is Audio"
    parts = [part for part in parts if part.frames]
    assert parts or audio.duration <= 0.02, "nothing came out"
    whole = Audio.join(parts) if parts else Audio(np.zeros(0, np.float32), audio.sample_rate, audio.start)
    assert np.isfinite(whole.samples).all(), "there are samples that are no numbers"
    assert whole.start == pytest.approx(audio.start, abs=1e-6), "it begins elsewhere on the timeline"
    assert whole.duration == pytest.approx(audio.duration, abs=0.02), "it is not as long as what went in"
    for one, other in pairwise(parts):
        assert one.end == pytest.approx(other.start, abs=1e-3), "there is a hole, or an overlap"
    return whole


def check_keeps_the_timeline(subject: Subject) -> None:
    """Cleaned sound is as long as what came in, lies where it lay, and is made of finite numbers."""
    cleaned(subject, spoken(subject.spec.sample_rate, start=LATE))


def check_keeps_speech_audible(subject: Subject) -> None:
    """Of clean speech, most is left: its energy, and its shape."""
    audio = spoken(subject.spec.sample_rate)
    came, left = _together(audio, cleaned(subject, audio))
    share = float(np.square(left).sum() / np.square(came).sum())
    assert share > ENERGY, f"{share:.1%} of the energy of speech is left"
    assert likeness(came, left) > LIKENESS, f"it correlates by {likeness(came, left):.2f} with what came in"


def check_cleans_alike_however_it_is_cut(subject: Subject) -> None:
    """About the same sound comes out, however the stream is cut."""
    audio = spoken(subject.spec.sample_rate)
    whole = cleaned(subject, audio, 60.0)
    for seconds in (0.03, 1.3):
        one, other = _together(whole, cleaned(subject, audio, seconds))
        assert likeness(one, other) > 0.9, f"in chunks of {seconds} s it sounds otherwise"


def likeness(one: Samples, other: Samples) -> float:
    """Correlation, 0 where one is silent."""
    scale = float(np.sqrt(np.square(one).sum() * np.square(other).sum()))
    return float((one * other).sum()) / scale if scale else 0.0


def _together(one: Audio, other: Audio) -> tuple[Samples, Samples]:
    """Both as mono samples of one rate and one length."""
    first, second = one.mono, fit(other, one.sample_rate).mono
    frames = min(len(first), len(second))
    return first[:frames], second[:frames]
