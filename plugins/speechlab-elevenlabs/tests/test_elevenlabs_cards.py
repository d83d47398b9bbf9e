"""What the host knows before anything is loaded: that sound and text leave the machine, and what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import speechlab_elevenlabs
from speechlab_elevenlabs import KEY
from speechlab_elevenlabs.languages import FIXED

from speechlab import EngineSpec, EngineUnavailable, Kind, Lab, Policy, PolicyDenied


@pytest.fixture(scope="module")
def cards() -> list[EngineSpec]:
    found: list[EngineSpec] = []
    speechlab_elevenlabs.register_engines(found.append)
    return found


def test_every_card_says_that_it_is_in_the_cloud_and_costs(cards: list[EngineSpec]) -> None:
    assert [spec.name for spec in cards] == [
        "tts/elevenlabs",
        "convert/elevenlabs",
        "asr/elevenlabs",
        "asr/elevenlabs-realtime",
    ]
    assert not any(spec.local for spec in cards)
    assert all("in the cloud, at a price" in spec.summary.lower() for spec in cards)


def test_without_a_key_the_cure_is_told(cards: list[EngineSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    assert {spec.cure for spec in cards} == {f"set {KEY}"}
    with Lab() as lab, pytest.raises(EngineUnavailable, match=KEY):
        lab.speak("Hello.", engine="elevenlabs")


def test_a_local_lab_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk_any")
    with (
        Lab(home=tmp_path, policy=Policy(local_only=True)) as lab,
        pytest.raises(PolicyDenied, match="another machine"),
    ):
        lab.speak("Hello.", engine="elevenlabs")


def test_it_is_never_chosen_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "sk_any")
    with Lab(home=tmp_path) as lab:
        for kind in (Kind.ASR, Kind.TTS):
            local = [spec for spec in lab.engines(kind) if spec.local and not spec.missing()]
            if local:
                assert lab.engine(kind).local


def test_reading_the_cards_imports_no_client() -> None:
    heavy = "{'elevenlabs', 'av', 'soundfile', 'websockets'}"
    code = f"import sys, speechlab_elevenlabs; print({heavy} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_usual_model_finds_the_language_itself(cards: list[EngineSpec]) -> None:
    assert cards[0].options().model in FIXED
