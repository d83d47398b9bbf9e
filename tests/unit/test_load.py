"""``speechlab load``: many real sessions over real sockets, and what it tells of them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from speechlab import AsrOptions, EngineSpec, Kind, Lab, hookimpl
from speechlab.cli.app import speechlab
from speechlab.live import RATE
from speechlab.rest.app import create_app
from speechlab.rest.serving import serving
from tests.doubles import Broken

SOON = 60.0
"""Seconds after which a test gives up."""


class Plugin:
    """One that fails."""

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="broken", kind=Kind.ASR, load=Broken, options=AsrOptions, summary="A test's."))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tones of 0.7 s with pauses of 0.8 s."""
    path = tmp_path_factory.mktemp("sound") / "tones.wav"
    at = np.arange(RATE * 6) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * at) * (at % 1.5 < 0.7), RATE)
    return path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(Plugin(), discover=False, home=tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def url(lab: Lab) -> Iterator[str]:
    with serving(create_app(lab, ui=False)) as url:
        yield url


def load(recording: Path, *args: str, engine: str = "toy", minutes: float = 0.05) -> Result:
    chosen = ["--engine", engine] if engine else []
    how = ["load", str(recording), "--minutes", str(minutes), "--apart", "0.01", *chosen, *args]
    return CliRunner().invoke(speechlab, how)


def told(result: Result, exit_code: int = 0) -> dict[str, Any]:
    assert result.exit_code == exit_code, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_a_lab_of_its_own_is_measured(recording: Path) -> None:
    report = told(load(recording, "--sessions", "3", "--vad", "energy", "--set", "language=pt", "--json"))
    assert (report["sessions"], report["admitted"], report["refused"], report["failed"]) == (3, 3, 0, 0)
    assert report["words"] >= 3 * 4
    assert 0 <= report["final_s"]["p50"] <= report["final_s"]["p95"] <= report["final_s"]["max"]
    assert report["first_partial_s"]["p50"] > 0
    assert report["seconds"] == 3.0
    assert report["cpu_percent"] > 0
    assert report["cpu_us_per_200ms"] == pytest.approx(report["cpu_per_audio_s"] * 200_000, abs=1)
    assert report["cpu_per_audio_s"] == pytest.approx(report["cpu_percent"] / 100 / 3, rel=0.05)
    assert report["peak_memory_mb"] > 20


def test_a_lab_that_is_there_is_asked(recording: Path, url: str, lab: Lab) -> None:
    before = {session.id for session in lab.live.sessions}
    report = told(load(recording, "--sessions", "2", "--url", url, "--frame", "100", "--json"))
    assert report["admitted"] == 2
    assert (report["frame_s"], report["cpu_percent"], report["peak_memory_mb"]) == (0.1, None, None)
    until = time.monotonic() + SOON
    while {session.id for session in lab.live.sessions} != before:  # all of them are settled
        assert time.monotonic() < until
        time.sleep(0.01)


def test_who_is_refused_is_counted(recording: Path, url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.live, "most", len(lab.live.sessions) + 2)
    report = told(load(recording, "--sessions", "5", "--url", url, "--json"))
    assert (report["admitted"], report["refused"], report["failed"]) == (2, 3, 0)


def test_it_is_told_to_people_too(recording: Path, url: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.live, "most", len(lab.live.sessions) + 1)
    result = load(recording, "--sessions", "2", "--url", url)
    assert result.stdout.startswith("1 of 2 sessions admitted, 1 refused\nfirst text: ")
    assert re.search(r"^final text: \d+\.\d", result.stdout, re.MULTILINE)
    assert re.search(r"the lab was \d+\.\d", result.stdout)


def test_a_session_that_breaks_off_is_told(recording: Path, url: str) -> None:
    result = load(recording, "--sessions", "2", "--url", url, "--json", engine="broken")
    assert told(result, 1)["failed"] == 2
    assert "2 of 2: asr/broken failed: RuntimeError: out of memory" in result.stderr


def test_a_registered_pipeline_can_be_loaded(recording: Path, url: str) -> None:
    report = told(
        load(
            recording, "--sessions", "1", "--url", url, "--pipeline", "toy-captions", "--json", engine="", minutes=0.03
        )
    )
    assert report["admitted"] == 1
    assert report["words"] > 0


@pytest.mark.parametrize(("password", "failed"), [("lantern", 0), ("guess", 1)])
def test_a_lab_with_a_password(recording: Path, lab: Lab, password: str, failed: int) -> None:
    with serving(create_app(lab, ui=False, password="lantern")) as url:
        result = load(recording, "--sessions", "1", "--url", url, "--password", password, "--json", minutes=0.02)
    assert told(result, failed)["failed"] == failed


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--pipeline", "toy-captions"), "a pipeline names its own engines"),
        (("--set", "language"), "'language' is no parameter with a value"),
        (("--set", "langage=en"), "no parameter 'langage'"),
        (("--engine", "toi"), "did you mean 'toy'?"),
        (("--url", "lab.example"), "is no address of a lab"),
        (("--sessions", "0"), "--sessions"),
        (("--minutes", "900"), "--minutes"),
    ],
)
def test_what_is_wrong_is_told(recording: Path, url: str, args: tuple[str, ...], says: str) -> None:
    result = load(recording, "--sessions", "1", "--url", url, *args, minutes=0.02)
    assert result.exit_code != 0
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_lab_that_is_not_there(recording: Path) -> None:
    result = load(recording, "--sessions", "1", "--url", "http://127.0.0.1:9", "--json", minutes=0.02)
    assert told(result, 1)["failed"] == 1
    assert "1 of 1: " in result.stderr


def test_a_recording_that_is_too_short(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", np.zeros(100), RATE)
    result = load(tmp_path / "short.wav", "--sessions", "1")
    assert result.exit_code == 1
    assert "short.wav is shorter than one message" in result.output
