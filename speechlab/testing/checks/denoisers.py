"""What denoisers promise: cleaner sound on the same timeline, in which speech can still be heard."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ...media import fit
from ...stages.denoise import Mixing
from ...types import Audio, Samples
from ..sounds import noise, silence, spoken
from ..subject import Subject
from .asked import LATE, said, through

ENERGY = 0.02
"""How much of clean speech's energy must be left."""
LIKENESS = 0.3
"""Correlation that cleaned speech must have with what came in."""


def cleaned(subject: Subject, audio: Audio, seconds: float = 0.25) -> Audio:
    """What comes out where a sound goes in by chunks of so many seconds: finite, on its timeline, without a hole."""
    return checked(audio, through(subject.engine.open(subject.options), audio.chunks(seconds)))


def checked(audio: Audio, parts: list[Audio]) -> Audio:
    """What came out of a sound, in one piece."""
    assert all(isinstance(part, Audio) for part in parts), "what comes out is Audio"
    assert all(part.sample_rate == audio.sample_rate for part in parts), "it has another sample rate"
    parts = [part for part in parts if part.frames]
    assert parts, "nothing came out"
    whole = Audio.join(parts)
    assert np.isfinite(whole.samples).all(), "there are samples that are no numbers"
    assert whole.start == pytest.approx(audio.start, abs=1e-6), "it begins elsewhere on the timeline"
    assert whole.frames == audio.frames, "it is not as long as what went in"
    for one, other in pairwise(parts):
        assert one.end == pytest.approx(other.start, abs=1e-3), "there is a hole, or an overlap"
    return whole


def check_keeps_the_timeline(subject: Subject) -> None:
    """Cleaned sound is as long as what came in, lies where it lay, and is made of finite numbers."""
    cleaned(subject, spoken(subject.spec.sample_rate, start=LATE))


def check_takes_noise_away(subject: Subject) -> None:
    """Steady noise between sentences is softer than it was."""
    rate = subject.spec.sample_rate
    speech = spoken(rate)
    hiss = noise(speech.duration, rate, level=0.02).mono[: speech.frames]
    audio = Audio(speech.mono + hiss, rate)
    after = cleaned(subject, audio)
    for one, next in pairwise(said()):
        between = one.end + 0.3, next.start - 0.3
        loud, soft = (float(np.square(sound.crop(*between).samples).mean()) for sound in (audio, after))
        assert soft < loud / 2, f"from {between[0]:.1f} to {between[1]:.1f} s, {soft / loud:.0%} of the noise is left"


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
        assert likeness(one, other) > 0.99, f"in chunks of {seconds} s it sounds otherwise"


def check_lags_as_its_card_says(subject: Subject) -> None:
    """What it gives is never further behind what it heard than the card says, and the card says no more than that."""
    session, lag = subject.engine.open(subject.options), subject.spec.lag
    audio = spoken(subject.spec.sample_rate, start=LATE)
    given, most = audio.start, 0.0
    for chunk in audio.chunks(0.01):
        for part in session.feed(chunk):
            given = part.end
        most = max(most, chunk.end - given)
    assert most <= lag + 0.001, f"it is {most:.3f} s behind; its card says {lag:g}"
    assert lag <= most + max(0.02, 0.1 * most), f"its card says {lag:g} s, and it is at most {most:.3f} s behind"


def check_leaves_silence_silent(subject: Subject) -> None:
    """Digital silence stays silence."""
    loudest = float(np.abs(cleaned(subject, silence(3, subject.spec.sample_rate)).samples).max())
    assert loudest < 1e-3, f"it made a sound as loud as {loudest:.4f} out of silence"


def check_survives_damaged_sound(subject: Subject) -> None:
    """Overdriven sound, a constant offset, and samples that are no numbers, which the host takes away before: what
    comes out is finite, and speech can be heard in it."""
    audio = spoken(subject.spec.sample_rate)
    broken = audio.mono.copy()
    broken[: len(broken) // 20] = np.nan
    broken[len(broken) // 4 :: len(broken) // 9] = np.inf
    kinds = {"overdriven": np.clip(30 * audio.mono, -1, 1), "offset": audio.mono + np.float32(0.2), "broken": broken}
    for kind, samples in kinds.items():
        damaged = Audio(samples, audio.sample_rate)
        session = Mixing(lambda: subject.engine.open(subject.options), 1.0)
        came, left = _together(audio, checked(damaged, through(session, damaged.chunks(0.25))))
        alike = likeness(came - came.mean(), left - left.mean())
        assert alike > LIKENESS, f"of {kind} sound, it correlates by {alike:.2f} with speech that is not"


def likeness(one: Samples, other: Samples) -> float:
    """Correlation, 0 where one is silent."""
    scale = float(np.sqrt(np.square(one).sum() * np.square(other).sum()))
    return float((one * other).sum()) / scale if scale else 0.0


def _together(one: Audio, other: Audio) -> tuple[Samples, Samples]:
    """Both as mono samples of one rate and one length."""
    first, second = one.mono, fit(other, one.sample_rate).mono
    frames = min(len(first), len(second))
    return first[:frames], second[:frames]
