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
    given = repertoire(sound.envelope, content, present).given(sound.envelope, content, 1.0)
    middle = slice(20, -20)
    assert np.abs(given - sound.envelope)[middle].mean() < 0.25 * np.abs(np.diff(sound.envelope[::100], axis=0)).mean()


def test_no_share_changes_nothing(sound: Sound, content: Samples, present: Numbers) -> None:
    assert np.array_equal(
        repertoire(sound.envelope, content, present).given(sound.envelope, content, 0.0), sound.envelope
    )


def test_each_moment_stays_as_loud(sound: Sound, content: Samples, present: Numbers) -> None:
    given = repertoire(sound.envelope, content[::-1], present).given(sound.envelope, content, 0.5)
    assert given.mean(1) == pytest.approx(sound.envelope.mean(1), abs=1e-3)


def test_a_reference_of_few_moments_will_do(sound: Sound, content: Samples, present: Numbers) -> None:
    short = Sound(sound.pitch[:8], sound.envelope[:8], sound.breath[:8], sound.loudness)
    assert len(content[:2]) < NEAREST
    given = repertoire(short.envelope, content[:2], present).given(sound.envelope, content, 0.3)
    assert given.shape == sound.envelope.shape


def test_who_is_led_keeps_what_is_their_own(sound: Sound, content: Samples, present: Numbers) -> None:
    """A reference that says the same sounds, all of them darker, makes them darker, and changes nothing else."""
    darker = np.linspace(1, -1, sound.envelope.shape[1])
    reference = repertoire(sound.envelope + darker, content, present)
    change = reference.led(sound.envelope, content, 1.0) - sound.envelope
    inside = present == 1
    assert np.median(np.abs(change - darker)[:, inside]) < 0.1
    assert change[:, inside].std(0).mean() < 0.2 * sound.envelope[:, inside].std(0).mean()
    half = reference.led(sound.envelope, content, 0.5) - sound.envelope
    assert half == pytest.approx(change / 2)
    assert np.array_equal(reference.led(sound.envelope, content, 0.0), sound.envelope)


def test_what_a_reference_lacks_is_not_led(sound: Sound, content: Samples) -> None:
    telephone = presence(8_000, sound.envelope.shape[1])
    change = repertoire(sound.envelope[::-1], content, telephone).led(sound.envelope, content, 1.0) - sound.envelope
    assert not change[:, telephone == 0].any()
    assert change[:, telephone == 1].any()
