"""The engines as a lab runs them: text translated, speech translated and spoken, all on tiny checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from speechlab_transformers import translation

from speechlab import ConfigError, Lab
from speechlab.testing import speech

Build = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights never end a sentence, so little room has to do."""
    monkeypatch.setattr(translation, "MOST", 1)
    monkeypatch.setattr(translation, "AT_LEAST", 4)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(home=tmp_path)


def test_a_lab_translates_with_the_checkpoint_that_it_is_given(lab: Lab, build: Build) -> None:
    knobs = {"model": str(build("nllb")), "beam_size": 1, "no_repeat_ngram_size": 1}
    texts = ["Good morning. How are you today?", "", "The quick brown fox jumps over the lazy dog."]
    french, portuguese = (lab.translate(texts, to, "en", "transformers", **knobs) for to in ("fr", "pt-BR"))
    assert french[1] == portuguese[1] == ""
    assert all(one != other != text for one, other, text in zip(french[::2], portuguese[::2], texts[::2], strict=True))
    with pytest.raises(ConfigError, match="'de'"):
        lab.translate(texts, "de", "en", "transformers", **knobs)


def test_whisper_writes_english_of_what_is_said(lab: Lab, build: Build) -> None:
    stage = {"use": "speech-translate/transformers", "model": str(build("whisper")), "fallback": "off"}
    pipeline = lab.pipeline({"title": "Translate", "stage": [{**stage, "language": "fr", "to": "en"}]})
    recording = lab.run(pipeline, speech().path)
    assert {segment.language for segment in recording.translations["en"]} == {"en"}
    assert any(segment.text for segment in recording.translations["en"])


def test_what_is_recognised_is_translated_and_spoken(lab: Lab, build: Build) -> None:
    """Recognition in two languages by one MMS checkpoint, translation, and a voice for the language written."""
    for said, letters in (("en", "abcdefghijklmnopqrstuvwxyz' "), ("fr", "àâçéèêëîïôûù ")):
        pipeline = lab.pipeline(
            {
                "title": "Dub",
                "stage": [
                    {"use": "asr/transformers", "model": str(build("mms")), "language": said},
                    {"use": "translate/transformers", "model": str(build("m2m100")), "to": "pt", "beam_size": 1},
                    {"use": "tts/mms", "model": str(build("mms_tts_eng")), "voice": "en"},
                ],
            }
        )
        recording = lab.run(pipeline, speech().path)
        assert set(recording.transcript.text) <= set(letters)
        assert [s.id for s in recording.translations["pt"]] == [s.id for s in recording.transcript]
