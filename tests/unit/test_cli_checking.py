"""``speechlab speak --check``: what was spoken is heard again while the next sentence is made, and told of."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, Consent, media
from speechlab.cli.app import speechlab
from speechlab.library import Kept, Library
from tests.unit.test_cloning import speech

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = """
import numpy as np
from speechlab import AsrOptions, Audio, EngineSpec, Kind, Scale, Segment, TtsOptions, Voice, hookimpl

said = []

class Talker:
    def __init__(self, params, context): ...
    def voices(self):
        return (Voice("ann"), Voice("learnt"))
    def clone(self, reference, consent, options):
        return Voice("learnt")
    def synthesize(self, text, voice, options):
        said.append(text)
        seconds = 0.6 * len(text.split())
        hertz = {"ann": 200, "learnt": 300, None: 200}[voice]
        yield Audio(0.2 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * 16_000)) / 16_000), 16_000)
    def embed(self, audio, options):
        angle = np.abs(np.fft.rfft(audio.mono)).argmax() / audio.duration / 400
        return np.array([np.cos(angle), np.sin(angle)], np.float32)

class Listener:
    def __init__(self, params, context): ...
    def transcribe(self, audio, options):
        if "deaf" in said[-1]:
            raise RuntimeError("out of memory")
        yield Segment(audio.start, audio.end, text=said[-1].replace("along the river", "alone in my liver"))

@hookimpl
def register_engines(register):
    register(EngineSpec(id="talker", kind=Kind.TTS, load=Talker, options=TtsOptions, likeness=Scale(0.95, 0.6)))
    register(EngineSpec(id="far", kind=Kind.TTS, load=Talker, options=TtsOptions, local=False))
    register(EngineSpec(id="listener", kind=Kind.ASR, load=Listener, options=AsrOptions, languages=("en", "pt")))
"""
TEXT = "One two three four. We walked along the river. Seven."


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "plugin_checked.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


def call(plugin: Path, *args: object) -> Result:
    command = ["--plugin", str(plugin), "speak", "--engine", "talker", "--language", "en", *map(str, args)]
    return CliRunner().invoke(speechlab, command)


def test_each_sentence_is_told_with_its_errors_and_suspects_at_the_end(plugin: Path, tmp_path: Path) -> None:
    done = call(plugin, TEXT, "--check", "--out", tmp_path / "x.wav")
    assert done.exit_code == 0, done.output
    told = done.stderr.splitlines()
    rates = [line for line in told if line[4:7].strip().endswith("%")]  # beside how far it is, on a slow machine
    assert rates == ["    0%  One two three four.", "   80%  We walked along the river.", "    0%  Seven."]
    at = told.index("asr/listener heard 4 of 10 words otherwise than they are written (40.0%); 1 sentence to listen to")
    assert told[at + 1 : at + 4] == [
        "  0:03  We walked along the river.",
        "        heard: We walked alone in my liver.",
        "        'along the river' was heard as 'alone in my liver'",
    ]
    assert (tmp_path / "x.wav").exists()


def test_programs_are_told_the_same(plugin: Path, tmp_path: Path) -> None:
    done = call(plugin, TEXT, "--recognizer", "listener", "--json", "--out", tmp_path / "x.wav")
    found = [one["check"] for one in json.loads(done.stdout)]
    assert [one["suspect"] for one in found] == [False, True, False]
    assert found[1]["heard"] == "We walked alone in my liver."
    assert found[1]["errors"] == [{"written": "along the river", "heard": "alone in my liver", "words": 4}]
    plain = call(plugin, TEXT, "--json", "--out", tmp_path / "x.wav")
    assert all("check" not in one for one in json.loads(plain.stdout))


@pytest.mark.parametrize(("hertz", "like"), [(300.0, True), (900.0, False)])
def test_a_voice_of_the_library_is_compared_with_its_clip(
    plugin: Path, tmp_path: Path, home: Path, hertz: float, like: bool
) -> None:
    clip = Audio((0.2 * np.sin(2 * np.pi * hertz * np.arange(48_000) / 16_000)).astype(np.float32), 16_000)
    consent = Consent("Ada", "my own voice", "2026-01-01")
    Library(home).keep(Kept(name="me", engine="tts/talker", own="learnt", made="cloned", consent=consent), clip)
    done = call(plugin, "One two three four. Seven.", "--voice", "me", "--check", "--json", "--out", tmp_path / "x.wav")
    long, short = (one["check"] for one in json.loads(done.stdout))
    assert (long["similarity"] > 0.9) == like
    assert long["suspect"] != like
    assert long["scale"] == {"same": 0.95, "different": 0.6}
    assert short["similarity"] is None  # too short to tell
    assert "how like its clip the voice is: " in done.stderr


@pytest.mark.parametrize(("engine", "told"), [("talker", True), ("far", False)])
def test_a_voice_that_is_made_is_compared_with_its_clip(plugin: Path, tmp_path: Path, engine: str, told: bool) -> None:
    clip = tmp_path / "clip.wav"
    media.write([speech(12)], clip)
    way = ("--name", "me", "--consent", "my own voice", "--engine", engine)
    done = CliRunner().invoke(speechlab, ["--plugin", str(plugin), "clone", str(clip), *way])
    assert done.exit_code == 0, done.output
    line = "where one person is about 0.95 and two people are about 0.60"
    assert (line in done.stderr) == told
    again = CliRunner().invoke(speechlab, ["--plugin", str(plugin), "clone", str(clip), *way, "--json"])
    assert (json.loads(again.stdout)["similarity"] is not None) == told


def test_where_listening_fails_the_speech_is_written_all_the_same(plugin: Path, tmp_path: Path) -> None:
    done = call(plugin, "One two. He is deaf. Three.", "--check", "--json", "--out", tmp_path / "x.wav")
    assert done.exit_code == 0, done.output
    assert "from sentence 2 on, nothing is checked: " in done.stderr
    assert "Traceback" not in done.stderr
    assert [one["check"] is None for one in json.loads(done.stdout)] == [False, True, True]
    assert (tmp_path / "x.wav").exists()


def test_who_cannot_listen_is_told_before_anything_is_said(plugin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.wav"
    for args, code in ((("--language", "xx", "--check"), 3), (("--recognizer", "nobody"), 2)):
        done = call(plugin, TEXT, *args, "--out", out)
        assert done.exit_code == code, done.output
        assert "hint:" in done.stderr
        assert not out.exists()
