"""``speechlab dub``: a recording in, the same in another language out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, media
from speechlab.cli.app import speechlab
from tests.doubles import talk

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = """
from typing import Annotated
import numpy as np
from pydantic import Field
from speechlab import Audio, EngineSpec, Kind, TtsOptions, Voice, hookimpl

class Options(TtsOptions):
    roughness: Annotated[float, Field(ge=0, le=1)] = 0.0
    \"\"\"How rough the voice is.\"\"\"

class Talker:
    def __init__(self, params, context): ...
    def voices(self):
        return (Voice("ann"), Voice("bob"))
    def synthesize(self, text, voice, options):
        seconds = 0.3 * len(text.split()) / options.speed
        yield Audio(0.1 * np.sin(np.arange(round(seconds * 24_000)) / 10), 24_000)

@hookimpl
def register_engines(register):
    register(EngineSpec(id="talker", kind=Kind.TTS, load=Talker, options=Options, languages=("fr", "pt")))
"""
ENGINES = ("--recognizer", "toy", "--translator", "toy")


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "plugin_talker.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    media.write(talk(2.0, 1.0), tmp_path / "talk.wav")
    return tmp_path / "talk.wav"


def call(plugin: Path, *args: object) -> Result:
    return CliRunner().invoke(speechlab, ["--plugin", str(plugin), "dub", *map(str, args)])


def test_a_track_as_long_as_the_recording_is_written(plugin: Path, recording: Path, tmp_path: Path) -> None:
    done = call(plugin, recording, "--to", "fr", *ENGINES, "--out", tmp_path / "x.flac")
    assert done.exit_code == 0, done.output
    written = media.probe(tmp_path / "x.flac")
    assert written.duration == media.probe(recording).duration
    assert '"engine": "tts/talker"' in written.comment
    assert "1 segment spoken" in done.stderr
    assert "talk.wav: 0:06 in" in done.stderr
    assert done.stdout == ""


def test_the_report_is_a_table_or_json(plugin: Path, recording: Path, tmp_path: Path) -> None:
    args = (recording, "--to", "fr", *ENGINES, "--out", tmp_path / "x.wav", "--voices", "bob")
    heads, row = call(plugin, *args, "--report").stdout.splitlines()
    assert heads.split()[:3] == ["original", "spoken", "tempo"]
    assert "bob" in row
    assert "[fr] 4.4 seconds of sound" in row
    told = json.loads(call(plugin, *args, "--json", "--fastest", "1.5").stdout)
    assert [(one["voice"], one["tempo"], one["cut"]) for one in told["segments"]] == [("bob", 1.0, 0.0)]


def test_parameters_of_what_speaks_and_of_the_fitting_are_flags(plugin: Path, recording: Path, tmp_path: Path) -> None:
    helped = call(plugin, "--to", "fr", "--help").stdout
    assert "--roughness X" in helped
    assert "--background X" in helped
    assert "--track" not in helped
    assert "--language" not in helped
    done = call(plugin, recording, "--to", "fr", *ENGINES, "--out", tmp_path / "x.wav", "--speed", "2", "--json")
    [spoken] = json.loads(done.stdout)["segments"]
    assert spoken["spoken_end"] - spoken["spoken_start"] == pytest.approx(0.75, abs=0.1)
    quiet = call(plugin, recording, "--to", "fr", *ENGINES, "--out", tmp_path / "y.wav", "--background", "6")
    assert quiet.exit_code == 0, quiet.output
    levels = [np.abs(media.decode(tmp_path / name).crop(3.5, 3.9).samples).max() for name in ("x.wav", "y.wav")]
    assert levels[0] == 0.0
    assert levels[1] == 0.0  # the pause of the original
    assert np.abs(media.decode(tmp_path / "y.wav").crop(4.2, 4.8).samples).max() == pytest.approx(0.25, abs=0.02)


def test_each_speaker_has_a_voice(plugin: Path, recording: Path, tmp_path: Path) -> None:
    args = (recording, "--to", "fr", *ENGINES, "--out", tmp_path / "x.wav", "--json")
    done = call(plugin, *args, "--speakers", "toy", "--voices", "B = bob")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["segments"]
    assert {one["speaker"]: one["voice"] for one in told} == {"A": "ann", "B": "bob"}


def test_a_pipeline_of_ones_own(plugin: Path, recording: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[stage]]\nuse = "asr/toy"\n[[stage]]\nuse = "translate/toy"\nto = "en"\n[[stage]]\nuse = "tts/talker"\n'
    )
    done = call(plugin, recording, "--to", "pt", "--pipeline", mine, "--out", tmp_path / "x.wav", "--json")
    assert done.exit_code == 0, done.output
    assert [one["text"][:4] for one in json.loads(done.stdout)["segments"]] == ["[pt]"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--to", "fr", "--out", "x.doc"], 2, "cannot be written as x.doc"),
        (["--to", "fr", "--out", "talk.wav"], 2, "would be overwritten, which is the recording"),
        (["--to", "fr"], 2, "Missing option '--out'"),
        (["--out", "x.wav"], 2, "Missing option '--to'"),
        (["--to", "de", "--out", "x.wav"], 3, "no engine for speech synthesis that is installed knows 'de'"),
        (["--to", "de", "--engine", "talker", "--out", "x.wav"], 2, "does not speak 'de'; it knows fr, pt"),
        (["--to", "fr", "--engine", "talkr", "--out", "x.wav"], 2, "did you mean 'talker'?"),
        (["--to", "fr", "--engine", "toy", "--roughness", "1", "--out", "x.wav"], 2, "it belongs to --engine talker"),
        (["--to", "fr", "--fastest", "9", "--out", "x.wav"], 2, "1.0<=x<=2.0"),
        (["--to", "fr", "--voice", "eve", "--engine", "toy", "--out", "x.wav"], 2, "has no voice 'eve'"),
        (
            ["--to", "fr", "--pipeline", "toy-captions", "--out", "x.wav"],
            2,
            "tells or does this itself: recognizer, translator",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    plugin: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(recording.parent)
    done = call(plugin, "talk.wav", *args, *ENGINES)
    assert said in done.stderr
    assert done.exit_code == code
    assert "Traceback" not in done.stderr
    assert not Path("x.wav").exists()


def test_without_a_synthesizer_the_cure_is_told(recording: Path, tmp_path: Path) -> None:
    args = ["dub", str(recording), "--to", "fr", *ENGINES, "--out", str(tmp_path / "x.wav")]
    done = CliRunner().invoke(speechlab, args)
    assert done.exit_code == 3
    assert "pip install speechlab-kokoro" in done.stderr


def test_a_silent_recording_gives_silence_and_says_so(plugin: Path, tmp_path: Path) -> None:
    media.write(Audio(np.zeros(32_000, np.float32), 16_000), tmp_path / "quiet.wav")
    done = call(plugin, tmp_path / "quiet.wav", "--to", "fr", *ENGINES, "--out", tmp_path / "x.wav")
    assert done.exit_code == 0, done.output
    assert "nothing is spoken: there was nothing to say" in done.stderr
    assert media.probe(tmp_path / "x.wav").duration == 2.0
