"""Speech taken apart, given another's pitch, formants and colour, and put together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import pyworld
from speechlab_voicematch.manner import coloured, manner, pitched, presence, warped
from speechlab_voicematch.vocoder import RATE, analysed, synthesized

from speechlab import Samples

Speech = Callable[..., Samples]


def test_speech_put_together_is_as_long_and_as_loud(speech: Speech) -> None:
    said = speech(120)
    again = synthesized(analysed(said))
    assert abs(len(again) - len(said)) <= 0.005 * RATE
    assert np.square(again).mean() == pytest.approx(np.square(said).mean(), rel=0.05)
    assert np.abs(again).max() <= 1


def test_pitch_becomes_that_of_the_other(speech: Speech) -> None:
    man, woman = analysed(speech(110)), analysed(speech(210))
    moved = pitched(man, manner(man), manner(woman))
    assert np.median(moved[man.voiced]) == pytest.approx(np.median(woman.pitch[woman.voiced]), rel=0.03)
    assert not moved[~man.voiced].any()


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_moment_of_voice_has_a_manner(speech: Speech, frames: int) -> None:
    sound = analysed(speech(110))
    first = np.flatnonzero(sound.voiced)[0]
    few = manner(sound.but(np.where(np.arange(len(sound.pitch)) - first < frames, sound.pitch, 0), sound.envelope))
    assert np.isfinite([few.pitch, few.range, *few.colour]).all()


def test_formants_move(speech: Speech) -> None:
    envelope = analysed(speech(110)).envelope[50:51]
    peak = envelope[0, :60].argmax()
    assert warped(envelope, 1.2)[0, :70].argmax() == pytest.approx(1.2 * peak, abs=1.5)
    assert warped(envelope, 1.0) is envelope


def test_colour_becomes_that_of_the_other(speech: Speech) -> None:
    one, other = analysed(speech(120)), analysed(speech(120, size=1.1))
    everywhere = presence(RATE, one.envelope.shape[1])
    change = coloured(manner(one), manner(other), everywhere)
    after = manner(one.but(one.pitch, one.envelope + change)).colour
    before = np.abs(manner(one).colour - manner(other).colour).mean()
    assert np.abs(after - manner(other).colour).mean() < 0.3 * before


def test_what_a_telephone_lacks_stays_as_it_is(speech: Speech) -> None:
    one, other = analysed(speech(120)), analysed(speech(200))
    present = presence(8_000, one.envelope.shape[1])
    change = coloured(manner(one), manner(other), present)
    above = np.arange(len(change)) * RATE / 1024 > 4_000
    assert not change[above].any()
    assert change[~above].any()
    assert presence(16_000, 513).sum() < presence(24_000, 513).sum() < presence(48_000, 513).sum() == 513


def test_where_the_quick_way_finds_no_pitch_a_careful_one_does(monkeypatch: pytest.MonkeyPatch, speech: Speech) -> None:
    said = speech(120)
    usual = analysed(said)
    monkeypatch.setattr(pyworld, "dio", lambda samples, *_, **__: (np.zeros(len(usual.pitch)), times(usual.pitch)))
    careful = analysed(said)
    assert careful.voiced.mean() > 0.5
    assert np.median(careful.pitch[careful.voiced]) == pytest.approx(np.median(usual.pitch[usual.voiced]), rel=0.03)


def times(frames: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.arange(len(frames)) * 0.005
