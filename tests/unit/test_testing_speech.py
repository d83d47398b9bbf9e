"""The speech that tests use is where its transcript says."""

from __future__ import annotations

import numpy as np
import pytest

from speechlab.testing.speech import speech, words


@pytest.mark.parametrize("language", ["en", "es"])
def test_sound_is_loud_where_the_transcript_has_words_and_silent_elsewhere(language: str) -> None:
    recording = speech(language)
    audio = recording.audio
    assert (audio.sample_rate, audio.channels, audio.start) == (16_000, 1, 0.0)
    silent_from = 0.0
    for sentence in recording.transcript:
        assert np.abs(audio.crop(sentence.start, sentence.end).samples).max() > 0.2
        assert np.abs(audio.crop(silent_from, sentence.start - 0.1).samples).max() < 0.01
        silent_from = sentence.end + 0.1
    assert np.abs(audio.crop(silent_from, audio.end).samples).max() < 0.01
    assert 0.3 < audio.end - silent_from < 0.6


def test_words_ignores_case_and_punctuation_but_keeps_accents() -> None:
    assert words("Mañana, VAMOS a la playa; don't!") == ["mañana", "vamos", "a", "la", "playa", "don't"]
    assert words(speech().text)[:3] == ["the", "old", "lighthouse"]
