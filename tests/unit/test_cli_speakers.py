"""``speechlab transcribe --speakers``: who said each word, with the diarizer's flags and the names of known voices."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, Lab
from speechlab.cli.app import speechlab
from speechlab.cli.engines import who_speaks
from speechlab.media import write

TOY = ("--engine", "toy", "--vad", "energy")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    write(Audio((0.5 * np.sin(np.arange(40_000) * 0.1)).astype(np.float32), 16_000), path)
    return path


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "who.py"
    path.write_text('''
"""A diarizer to whom everybody is one person, who knows one voice."""

import numpy as np
from speechlab import Diarization, DiarizeOptions, EngineSpec, Kind, Turn, hookimpl


class Who:
    def __init__(self, params, context): ...

    def diarize(self, audio, options):
        middle, count = audio.duration / 2, options.speakers or 1
        turns = (Turn(0, middle, speaker="Speaker 1"), Turn(middle, audio.duration, speaker=f"Speaker {count}"))
        return Diarization(turns)

    def embed(self, audio, options):
        return np.array([0.6, 0.8], np.float32)


@hookimpl
def register_engines(register):
    register(EngineSpec(id="who", kind=Kind.DIARIZE, load=Who, options=DiarizeOptions, features={"voices"},
                        license="MIT", summary="."))
''')
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def speakers(done: Result) -> list[str]:
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    return [turn["speaker"] for turn in told["turns"]]


def test_a_recording_after_the_option_is_no_engine(wav: Path, plugin: Path) -> None:
    told = call("--plugin", plugin, "transcribe", *TOY, "--speakers", "who", wav, "--format", "json")
    assert speakers(told) == ["Speaker 1", "Speaker 1"]
    text = call("transcribe", *TOY, "--speakers", "toy", wav).stdout
    assert text.startswith("A: ")


def test_a_number_says_how_many_speak(wav: Path, plugin: Path, tmp_path: Path) -> None:
    lab = Lab(plugin, discover=False, home=tmp_path)
    meant = [who_speaks(lab, value) for value in ("2", "", "diarize/who")]
    assert [(spec.id, number) for spec, number in meant] == [("who", 2), ("who", None), ("who", None)]
    args = ("--plugin", plugin, "transcribe", *TOY, "--speakers", "who", wav, "--format", "json")
    assert speakers(call(*args, "--diarize-speakers", 2)) == ["Speaker 1", "Speaker 2"]


def test_each_format_says_who_speaks(wav: Path) -> None:
    shown = {
        format: call("transcribe", *TOY, "--speakers", "toy", wav, "--format", format).stdout
        for format in ("vtt", "srt", "ass", "csv", "rttm")
    }
    assert "<v A>" in shown["vtt"]
    assert "\nA: " in shown["srt"]
    assert ",Default,A,0,0,0,,A: " in shown["ass"]
    assert ",A," in shown["csv"]
    assert " <NA> <NA> A <NA> <NA>" in shown["rttm"]


def test_the_diarizers_flags_need_the_option(wav: Path) -> None:
    done = call("transcribe", *TOY, wav, "--diarize-backchannel", "0")
    assert done.exit_code == 2
    assert "it belongs to --speakers" in done.output
    assert "--diarize-backchannel" in call("transcribe", *TOY, "--speakers", "toy", "--help").stdout


def test_channels_that_are_speakers_are_not_told_apart(wav: Path) -> None:
    done = call("transcribe", *TOY, "--speakers", "toy", "--channel", "each", wav)
    assert done.exit_code == 2
    assert "each channel is a speaker already" in done.output


def test_who_is_known_by_voice_is_named_and_how_alike_it_is(wav: Path, plugin: Path, tmp_path: Path) -> None:
    clip = tmp_path / "ada.wav"
    noise = np.random.default_rng(0).standard_normal(6 * 16_000) * np.sin(np.arange(6 * 16_000) / 700) ** 2
    write(Audio((0.2 * noise).astype(np.float32), 16_000), clip)
    enrol = call("--plugin", plugin, "voices", "enrol", "Ada", clip, "--consent", "asked on 3 May", "--engine", "who")
    assert enrol.stdout == "Ada is enrolled, from 6 s of speech\n", enrol.output
    run = ("--plugin", plugin, "transcribe", *TOY, "--speakers", "who", wav)
    told = call(*run)
    assert told.stdout.startswith("Ada: ")
    assert "known by voice, 1 being the very same: Ada (1.00)" in told.stderr
    assert "Ada" not in call(*run, "--no-diarize-known-voices").output
    assert "Ada" in call("--plugin", plugin, "diarize", "--engine", "who", wav).stdout
    assert "Ada" not in call("--plugin", plugin, "diarize", "--engine", "who", wav, "--no-known-voices").stdout


def test_enrolling_needs_consent(wav: Path) -> None:
    done = call("voices", "enrol", "Ada", wav)
    assert done.exit_code == 2
    assert "--consent" in done.output
