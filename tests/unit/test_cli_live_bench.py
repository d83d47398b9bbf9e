"""`speechlab live-bench`, driven as a person types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, media
from speechlab.cli.app import speechlab
from speechlab.stages.commit import POLICIES
from speechlab.testing import silence, tone

TOY = ("live-bench", "toy", "--vad", "energy", "--clock", "none")
MEASURES = ("first_partial_s", "partial_s", "committed_s", "final_s", "endpoint_s")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    """Three seconds of what the toy takes for speech, with a pause before and after."""
    path = tmp_path / "a.wav"
    media.write(Audio.join([silence(0.6), tone(3.0), silence(1.5)]), path)
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def told(*args: object) -> Any:
    done = call(*args, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_programs_get_every_measure(wav: Path) -> None:
    report = told(*TOY, wav)
    assert {*MEASURES, "rewrites_per_word", "wer", "cpu_per_audio_s"} <= report.keys()
    assert all(report[name].keys() == {"p50", "p95"} for name in MEASURES)
    assert report["final_s"] == {"p50": 0.0, "p95": 0.0}  # on a clock on which work takes no time
    assert report["first_partial_s"]["p50"] == pytest.approx(0.7, abs=0.31)
    assert report["endpoint_s"]["p50"] > 0.3
    assert report["policy"] == "local-agreement"
    assert (report["clock"], report["reference"], report["timed_by"]) == ("none", "batch", "toy")
    assert report["seconds"] == 5.1


def test_a_text_beside_the_recording_is_the_reference(wav: Path, tmp_path: Path) -> None:
    wav.with_suffix(".txt").write_text("three seconds of sound", encoding="utf-8")
    report = told(*TOY, wav)
    assert (report["reference"], report["words"]) == ("text", 4)
    assert report["wer"] == report["wer_batch"] == 0.25
    other = tmp_path / "said.txt"
    other.write_text("seconds", encoding="utf-8")
    assert told(*TOY, wav, "--reference", other)["words"] == 1


def test_policies_are_compared_by_a_rule(wav: Path) -> None:
    report = told(*TOY, wav, "--commit", "all")
    assert [run["policy"] for run in report["runs"]] == list(POLICIES)
    assert report["chosen"] in POLICIES
    assert "word error rate" in report["rule"]


def test_people_get_a_table(wav: Path) -> None:
    done = call(*TOY, wav, wav, "--commit", "all")
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["policy", *POLICIES]
    assert "errors against the batch run" in done.stderr
    assert "to choose: " in done.stderr


def test_parameters_of_the_engine_and_the_detector_are_flags(wav: Path) -> None:
    assert told(*TOY, wav, "--interval", 0)["first_partial_s"]["p50"] > 3.0  # only what is over is looked at
    slow = told(*TOY, wav, "--vad-min-silence-duration-ms", 1000)["endpoint_s"]["p50"]
    assert slow > told(*TOY, wav)["endpoint_s"]["p50"] + 0.4


def test_in_real_time(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    media.write(Audio.join([silence(0.2), tone(0.7), silence(0.7)]), path)
    report = told("live-bench", "toy", path, "--vad", "energy")
    assert report["clock"] == "real"
    assert 0 <= report["final_s"]["p50"] < 0.5


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("live-bench", "nobody", "FILE"), "nobody"),
        ((*TOY, "FILE", "FILE", "--reference", "FILE"), "one reference"),
        ((*TOY, "FILE", "--reference", "FILE"), "cannot be read"),
        ((*TOY, "missing.wav"), "missing.wav"),
        ((*TOY, "EMPTY"), "no sound"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(args: tuple[str, ...], said: str, wav: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    media.write(silence(0.0), empty)
    places = {"FILE": str(wav), "EMPTY": str(empty)}
    done = call(*(places.get(arg, arg) for arg in args))
    assert done.exit_code != 0
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


def test_an_engine_that_streams_takes_no_policy(wav: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin_streams.py"
    plugin.write_text(STREAMS, encoding="utf-8")
    at = (
        "live-bench",
        "streams",
        wav,
        "--vad",
        "energy",
        "--clock",
        "none",
        "--plugin",
        plugin,
        "--timed-by",
        "streams",
    )
    done = call(*at, "--commit", "all")
    assert done.exit_code == 2
    assert "decides by itself" in done.stderr
    report = told(*at)
    assert report["policy"] is None
    assert report["committed_s"]["p50"] is not None
    assert report["timed_by"] == "words spread evenly over their segments"


STREAMS = """
from speechlab import AsrOptions, EngineSpec, Kind, Segment, SegmentUpdate, hookimpl


class Streams:
    def __init__(self, params, context): ...

    def open(self, options):
        return Session()


class Session:
    def __init__(self):
        self.end = 0.0

    def feed(self, audio):
        self.end = audio.end
        return []

    def flush(self):
        return [SegmentUpdate(segment=Segment(0.6, 3.6, text="a long tone", id="s", language="en"))]


@hookimpl
def register_engines(register):
    register(EngineSpec(id="streams", kind=Kind.ASR, load=Streams, options=AsrOptions, license="MIT", summary="Some."))
"""
