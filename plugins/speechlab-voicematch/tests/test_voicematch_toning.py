"""Tone controls: what darkens a voice is undone, and nothing is moved without need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import speechlab_voicematch
from speechlab_voicematch.speaker import SpeakerEncoder
from speechlab_voicematch.toning import MOST, toned
from speechlab_voicematch.vocoder import RATE, analysed, synthesized

from speechlab import Audio, Samples

ENCODER = SpeakerEncoder(Path(speechlab_voicematch.__file__).parent / "weights")


def test_a_voice_comes_nearer(speech: Callable[..., Samples]) -> None:
    sound = analysed(speech(120))
    wanted = ENCODER.embed(Audio(speech(140, size=1.1), RATE))
    before = Audio(synthesized(sound), RATE)
    tone = toned(ENCODER, before, wanted, sound.envelope.shape[1])
    after = Audio(synthesized(sound.but(sound.pitch, sound.envelope + tone)), RATE)
    assert 0 < np.abs(tone).max() <= MOST + 1e-9
    assert ENCODER.embed(after) @ wanted > ENCODER.embed(before) @ wanted + 0.01


def test_silence_has_no_tone() -> None:
    assert not toned(ENCODER, Audio(np.zeros(16_000, np.float32), 16_000), np.ones(256, np.float32), 513).any()
