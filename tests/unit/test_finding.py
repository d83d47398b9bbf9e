"""Whoever asks for a redacted result gets one: an engine that finds personal data is put in, or asked afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from speechlab import (
    Audio,
    ConfigError,
    EngineSpec,
    EngineUnavailable,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    Transcript,
    hookimpl,
    media,
)
from speechlab.finding import finding
from speechlab.testing import silence, tone


class Finder:
    """Takes every word "sound" for a person."""

    def __init__(self, params: Params, context: object) -> None: ...

    def annotate(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[dict[str, Any]]:
        return [{"entities": self._found(text)} for text in texts]

    def _found(self, text: str) -> list[dict[str, Any]]:
        at = text.find("sound")
        return [{"kind": "PERSON", "start": at, "end": at + 5, "text": "sound", "score": 1.0}] if at >= 0 else []


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="finder", kind=Kind.TEXT, load=Finder, features=frozenset({"entities"})))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path / "home") as lab:
        yield lab


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    media.write(Audio.join([silence(0.6), tone(1.0), silence(0.6)]), path)
    return path


def names(lab: Lab, *uses: str) -> list[str]:
    pipeline = lab.pipeline({"stage": [{"use": use} for use in uses]})
    return [step.spec.name for step in finding(pipeline, lab.plugins).steps]


def test_it_is_put_behind_all_that_writes_text(lab: Lab) -> None:
    assert names(lab, "vad/energy", "asr/toy", "translate/toy") == [
        "vad/energy",
        "asr/toy",
        "text/finder",
        "translate/toy",
    ]
    assert names(lab, "vad/energy", "asr/toy", "text/toy")[-1] == "text/finder"
    assert names(lab, "vad/energy", "asr/toy", "text/finder") == ["vad/energy", "asr/toy", "text/finder"]


def test_where_none_is_installed_that_is_told() -> None:
    lab = Lab(discover=False)
    recording = Recording(transcript=Transcript((Segment(0, 1, text="Hello."),)))
    with pytest.raises(EngineUnavailable, match="personal data") as refused:
        lab.render(recording, "txt", redact=True)
    assert refused.value.hint == "pip install speechlab-presidio"


def test_a_recording_in_which_nobody_looked_is_looked_at_then(lab: Lab, wav: Path) -> None:
    recording = lab.run({"stage": [{"use": "asr/toy"}]}, wav)
    assert lab.render(recording, "txt", redact=True) == b"1.4 seconds of [PERSON]\n"
    assert lab.render(recording, "txt") == b"1.4 seconds of sound\n"
    assert "entities" not in recording.transcript.segments[0].extra
    assert lab.redacted(recording, "LOCATION").transcript.text == "1.4 seconds of sound"


def test_segments_without_names_are_all_looked_at(lab: Lab) -> None:
    recording = Recording(transcript=Transcript((Segment(0, 1, text="a sound"), Segment(1, 2, text="no sound"))))
    assert lab.redacted(recording).transcript.text == "a [PERSON] no [PERSON]"


def test_what_is_only_translated_cannot_be_redacted(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="only a translation"):
        lab.redacted(Recording(translations={"fr": Transcript((Segment(0, 1, text="Salut."),))}))


def test_the_command_line_writes_every_format_redacted(lab: Lab, wav: Path, tmp_path: Path) -> None:
    from speechlab.cli.app import speechlab

    arguments = ["transcribe", "--engine", "toy", "--vad", "energy", "--redact", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(speechlab, [*arguments, "--format", "json", "--format", "srt", str(wav)], obj=lab)
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out" / "a.json").read_text())
    assert told["text"] == "1.4 seconds of [PERSON]"
    assert "sound" not in (tmp_path / "out" / "a.srt").read_text() + json.dumps(told)


def test_a_request_gets_a_redacted_answer_and_no_stream(lab: Lab, wav: Path) -> None:
    from fastapi.testclient import TestClient

    from speechlab.rest.app import create_app

    client = TestClient(create_app(lab, ui=False))
    for format in ("json", "text", "verbose_json", "srt"):
        answer = client.post(
            "/v1/audio/transcriptions",
            files={"file": ("a.wav", wav.read_bytes())},
            data={"model": "toy", "redact": "true", "response_format": format},
        )
        assert answer.status_code == 200, answer.text
        assert "[PERSON]" in answer.text
        assert "sound" not in answer.text
    refused = client.post(
        "/v1/audio/transcriptions",
        files={"file": ("a.wav", wav.read_bytes())},
        data={"model": "toy", "redact": "true", "stream": "true"},
    )
    assert refused.status_code == 400
    assert "streamed" in refused.text
