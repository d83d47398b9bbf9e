"""The speaker encoder: what it tells stays the same however loud and at whatever rate it hears."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import speechlab_voicematch
from speechlab_voicematch import ENCODER, VOICES, WEIGHTS
from speechlab_voicematch.speaker import RATE, SpeakerEncoder, mel
from speechlab_voicematch.speaker import speech as heard

from speechlab import Audio, Samples

FOLDER = Path(speechlab_voicematch.__file__).parent / "weights"


@pytest.fixture(scope="module")
def encoder() -> SpeakerEncoder:
    return SpeakerEncoder(FOLDER)


@pytest.mark.parametrize("name", [ENCODER, VOICES])
def test_the_weights_are_small_and_those_of_the_card(name: str) -> None:
    content = (FOLDER / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == WEIGHTS.sha256[name]
    assert len(content) < 6_000_000


def test_a_voice_is_a_vector_of_length_one(encoder: SpeakerEncoder, speech: Callable[..., Samples]) -> None:
    voice = encoder.embed(Audio(speech(120), 24_000))
    assert voice.shape == (256,)
    assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-5)
    assert (voice >= 0).all()


def test_it_is_the_network_that_was_published(encoder: SpeakerEncoder) -> None:
    """Four of the numbers that Resemblyzer 0.1.4 gives with torch for the same bands."""
    ramp = np.linspace(0, 1, 160 * 40, dtype=np.float32).reshape(1, 160, 40) ** 2
    assert encoder.told(ramp)[0, [89, 220, 155, 128]] == pytest.approx([0.24721, 0.22901, 0.22554, 0.21991], abs=1e-4)


def test_loudness_and_rate_tell_little(encoder: SpeakerEncoder, speech: Callable[..., Samples]) -> None:
    voice = encoder.embed(Audio(speech(120), 24_000))
    assert voice @ encoder.embed(Audio(speech(120) * 0.05, 24_000)) > 0.999
    assert voice @ encoder.embed(Audio(speech(120, rate=48_000), 48_000)) > 0.9


def test_it_tells_voices_apart(encoder: SpeakerEncoder, speech: Callable[..., Samples]) -> None:
    one, again = encoder.embed(Audio(speech(110), 24_000)), encoder.embed(Audio(speech(112), 24_000, start=3.0))
    other = encoder.embed(Audio(speech(230, size=1.2), 24_000))
    assert one @ again > 0.95
    assert one @ other < 0.8


@pytest.mark.parametrize("seconds", [0.0, 0.01, 1.0])
def test_silence_is_like_nobody(encoder: SpeakerEncoder, seconds: float) -> None:
    assert not encoder.embed(Audio(np.zeros(round(seconds * 8000), np.float32), 8000)).any()


def test_long_silences_are_cut(speech: Callable[..., Samples]) -> None:
    said = heard(speech(120, rate=RATE))
    pause = np.zeros(2 * RATE, np.float32)
    assert len(heard(np.concatenate([pause, said, pause, said]))) < 2.5 * len(said)


def test_a_tone_is_in_its_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    bands = mel(tone)
    assert bands.shape == (101, 40)
    assert set(bands[10:90].argmax(1)) == {13}
