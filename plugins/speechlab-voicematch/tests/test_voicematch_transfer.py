"""Envelopes of a reference where it says the like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from speechlab_voicematch.manner import presence
from speechlab_voicematch.transfer import EACH, NEAREST, repertoire
from speechlab_voicematch.vocoder import Numbers, Sound, analysed

from speechlab import Samples


@pytest.fixture
def sound(speech: Callable[..., Samples]) -> Sound:
    return analysed(speech(120))


@pytest.fixture
def content(sound: Sound) -> Samples:
    """Moments near each other say the like."""
    turn = np.linspace(0, np.pi, -(-len(sound.pitch) // EACH))
    return np.stack([np.cos(turn), np.sin(turn)], 1).astype(np.float32)


@pytest.fixture
def present(sound: Sound) -> Numbers:
    return presence(24_000, sound.envelope.shape[1])


def test_its_own_sounds_give_it_back(sound: Sound, content: Samples, present: Numbers) -> None:
    given = repertoire(sound, content, present).given(sound.envelope, content, 1.0)
    middle = slice(20, -20)
    assert np.abs(given - sound.envelope)[middle].mean() < 0.25 * np.abs(np.diff(sound.envelope[::100], axis=0)).mean()


def test_no_share_changes_nothing(sound: Sound, content: Samples, present: Numbers) -> None:
    assert np.array_equal(repertoire(sound, content, present).given(sound.envelope, content, 0.0), sound.envelope)


def test_each_moment_stays_as_loud(sound: Sound, content: Samples, present: Numbers) -> None:
    given = repertoire(sound, content[::-1], present).given(sound.envelope, content, 0.5)
    assert given.mean(1) == pytest.approx(sound.envelope.mean(1), abs=1e-3)


def test_a_reference_of_few_moments_will_do(sound: Sound, content: Samples, present: Numbers) -> None:
    short = Sound(sound.pitch[:8], sound.envelope[:8], sound.breath[:8], sound.loudness)
    assert len(content[:2]) < NEAREST
    given = repertoire(short, content[:2], present).given(sound.envelope, content, 0.3)
    assert given.shape == sound.envelope.shape
