"""From a recording of two people to another language, each in a voice of their own, as a pipeline file says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from speechlab import Consent, Lab, SegmentUpdate, SynthesisChunk
from speechlab.library import Kept
from tests.unit.voice_doubles import Parrot, VoicePlugin, tone

PIPELINE = """
title = "Two people in French"

[[stage]]
use = "asr/toy"

[[stage]]
use = "diarize/toy"

[[stage]]
use = "translate/toy"
to = ["fr"]

[[stage]]
use = "tts/parrot"
voices = ["A = Ada", "B = bob"]
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Parrot.asked.clear()
    Parrot.taught.clear()
    with Lab(VoicePlugin(), discover=False, home=tmp_path / "home") as made:
        mine = Consent("Ada", "my own voice", "2026-05-03T10:00:00+00:00")
        made.library.keep(Kept("Ada", "tts/parrot", "x", made="cloned", consent=mine), tone(6))
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "french.toml"
    path.write_text(PIPELINE, encoding="utf-8")
    return path


def test_each_speaker_is_heard_in_a_voice_of_their_own(lab: Lab, file: Path) -> None:
    events = list(lab.open(file, tone(4)))
    own = f"clone-{lab.library.get('Ada').reference[:8]}"
    said = {
        event.segment.id: (event.segment.speaker, event.segment.text)
        for event in events
        if isinstance(event, SegmentUpdate) and event.target == "fr"
    }
    spoken = [(event.segment_id, event.voice) for event in events if isinstance(event, SynthesisChunk)]
    assert {speaker for speaker, _ in said.values()} == {"A", "B"}
    assert [voice for id, voice in spoken] == [{"A": own, "B": "bob"}[said[id][0] or ""] for id, _ in spoken]
    assert [id for id, _ in spoken] == list(said), "all of it, in its order"
    assert [text for text, _, _ in Parrot.asked] == [text for _, text in said.values()]
    assert "[fr] seconds" in {text for _, text in said.values()}, "translated once it was parted"
    assert len(Parrot.taught) == 1
