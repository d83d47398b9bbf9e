"""``speechlab soundcheck``: words for people, figures for programs, and a bad file that stops nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, media
from speechlab.cli.app import speechlab

pytestmark = pytest.mark.usefixtures("alone")

RATE = 16_000
QUIET = Audio(0.002 * np.sin(np.arange(3 * RATE) / 9), RATE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media.write([QUIET], tmp_path / "quiet.wav")
    (tmp_path / "text.wav").write_text("no recording")
    media.write([Audio(np.zeros((2, RATE)), RATE)], tmp_path / "void.flac")
    return tmp_path


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(speechlab, ["soundcheck", *map(str, words)])


def test_words_for_people(folder: Path) -> None:
    done = call(folder / "quiet.wav")
    assert done.exit_code == 0, done.output
    assert "1 channel" in done.stdout
    assert "very quiet" in done.stdout
    assert "microphone" in done.stdout


def test_a_bad_file_stops_none_of_the_others(folder: Path) -> None:
    done = call(folder)
    assert done.exit_code == 1
    assert "quiet.wav" in done.stdout
    assert "There is nothing to hear" in done.stdout
    assert "text.wav" in done.stderr
    assert "2 checked" in done.stderr


def test_json_tells_all_figures_and_the_failures(folder: Path) -> None:
    done = call("--json", folder / "quiet.wav", folder / "text.wav")
    assert done.exit_code == 1
    quiet, text = json.loads(done.stdout)
    assert quiet["level"]["peak_db"] == pytest.approx(-54, abs=0.2)
    assert quiet["severity"] == "warning"
    assert {item["topic"] for item in quiet["advice"]} >= {"level", "clipping"}
    assert text["file"].endswith("text.wav")
    assert text["error"]
    assert text["hint"]
