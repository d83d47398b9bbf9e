"""The engines in a lab: long texts that break off, recordings as a stream, voices of the library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from speechlab_elevenlabs import realtime

from speechlab import Context, EngineUnavailable, Lab, PolicyDenied
from speechlab.testing import speech

TEXT = "The museum is closed. The harbor is open. The lamp is lit. The boats are home."
SPENT = {"status": "quota_exceeded", "message": "You have 3 credits remaining."}


@pytest.fixture
def lab(service: Any, context: Context) -> Iterator[Lab]:
    with Lab(home=context.home) as lab:
        yield lab


def said(service: Any) -> list[str]:
    return [asked.body["text"] for asked in service.of("text-to-speech") if asked.body]


def test_a_text_that_ran_out_of_credits_is_taken_up_where_it_broke_off(lab: Lab, service: Any) -> None:
    told: list[str] = []

    def speaking() -> None:
        for sentence in lab.speaking(TEXT, "Bob", "elevenlabs", resume=True):
            told.append(sentence.text)
            if len(told) == 2:
                service.fails("text-to-speech", 401, SPENT)

    with pytest.raises(EngineUnavailable, match="too few credits left: You have 3 credits remaining"):
        speaking()
    assert told == ["The museum is closed.", "The harbor is open."]
    before = len(said(service))
    speaking()
    assert told[2:] == ["The museum is closed.", "The harbor is open.", "The lamp is lit.", "The boats are home."]
    assert said(service)[before:] == ["The lamp is lit.", "The boats are home."]


def test_a_stream_is_recognised(lab: Lab, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime, "QUIET", 0.2)
    transcript = lab.transcribe(speech("en").audio, engine="elevenlabs-realtime").transcript
    assert transcript.text.startswith("The old lighthouse stands at the end of the harbor.")
    assert len(service.of("realtime")) == 1


def test_a_clone_is_kept_and_spoken_with_and_converted_into(lab: Lab, service: Any) -> None:
    with pytest.raises(PolicyDenied):
        lab.clone(speech("en").audio, "Keeper", engine="elevenlabs", alone=True)
    assert service.of("voices/add") == []
    lab.clone(speech("en").audio, "Keeper", "my own voice", "elevenlabs", alone=True)
    [asked] = service.of("voices/add")
    assert asked.body["description"] == "my own voice"
    lab.speak("Good morning.", "Keeper")
    assert "/New00000000000000000/" in service.of("text-to-speech")[-1].path
    list(lab.convert(speech("en").audio, "Keeper", "elevenlabs"))
    assert "/New00000000000000000/" in service.of("voice-changer")[-1].path


def test_a_clone_that_the_account_has_lost_is_made_anew(lab: Lab, service: Any) -> None:
    lab.clone(speech("en").audio, "Keeper", "my own voice", "elevenlabs", alone=True)
    service.voices.pop()
    with Lab(home=lab.home) as later:
        assert later.speak("Good morning.", "Keeper").duration > 0.3
    assert len(service.of("voices/add")) == 2
