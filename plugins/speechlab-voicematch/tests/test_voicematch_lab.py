"""Through the lab: a matched voice is made, kept, spoken with by another process, named, and converted into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import speechlab_voicematch
from speechlab_kokoro import ALPHABET, MODEL, KokoroParams
from speechlab_kokoro.engine import Kokoro
from speechlab_voicematch import converter, engine

from speechlab import Audio, Consent, Context, Lab, Samples, present

pytestmark = pytest.mark.skipif(
    not all(present(weights, Path()) for weights in (MODEL, ALPHABET)), reason="needs: pip install speechlab-kokoro"
)
CONSENT = Consent("Ada", "it is my own voice", "2026-01-01T00:00:00+00:00")


def test_a_voice_is_matched_once_and_spoken_with_by_the_next_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speech: Callable[..., Samples]
) -> None:
    kokoro = Kokoro(KokoroParams(threads=1), Context(tmp_path, download=False))
    monkeypatch.setattr(engine, "Kokoro", lambda *_: kokoro)
    monkeypatch.setattr(engine, "content", lambda *_: None)
    monkeypatch.setattr(converter, "content", lambda *_: None)
    pause = np.zeros(6_000, np.float32)
    clip = Audio(np.concatenate([part for n in range(3) for part in (speech(110 + n, size=0.95), pause)]), 24_000)
    with Lab(speechlab_voicematch, discover=False, home=tmp_path) as lab:
        made = lab.clone(clip, "Ada", CONSENT, "voicematch", alone=True)
        kept = lab.library.get("Ada")
        assert (made.engine, kept.made, kept.consent) == ("tts/voicematch", "matched", CONSENT)
        before = lab.similarity(lab.speak("Good morning to everybody here.", engine="voicematch", language="en"), clip)
    monkeypatch.setattr(engine.Voicematch, "_match", None)  # nothing is matched again
    with Lab(speechlab_voicematch, discover=False, home=tmp_path) as lab:
        speaking = lab.speaking("Good morning to everybody here.", "ada")
        [spoken] = speaking
        label = speaking.label(spoken)
        assert (label.engine, label.voice, label.consent) == ("tts/voicematch", "Ada", CONSENT)
        assert lab.similarity(spoken.audio, clip).value > before.value + 0.05
        other = Audio(speech(200, size=1.15), 24_000)
        near = Audio.join(lab.convert(other, "ada"))  # the very voice, by the converter of this plugin
        assert near.duration == pytest.approx(other.duration, abs=0.02)
        assert lab.similarity(near, clip).value > lab.similarity(other, clip).value + 0.05
