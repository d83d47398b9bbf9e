"""``speechlab diarize``, and who spoke when from Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, Diarization, EngineUnavailable, Lab, Turn
from speechlab.cli.app import speechlab
from speechlab.media import write

TOY = ("--engine", "toy")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    write(Audio((0.5 * np.sin(np.arange(40_000) * 0.1)).astype(np.float32), 16_000), path)
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def test_the_turns_are_written_under_the_name_of_the_recording(wav: Path, tmp_path: Path) -> None:
    assert call("diarize", wav, *TOY, "--out", tmp_path / "d").exit_code == 0
    lines = (tmp_path / "d" / "talk.rttm").read_text().splitlines()
    assert lines[0] == "SPEAKER talk 1 0.000 1.000 <NA> <NA> A <NA> <NA>"
    assert [line.split()[7] for line in lines] == ["A", "B", "A"]


def test_a_single_result_is_printed(wav: Path) -> None:
    assert call("diarize", wav, "--engine", "diarize/toy").stdout.startswith("SPEAKER recording 1 0.000")


def test_the_recordings_name_can_be_another(wav: Path, tmp_path: Path) -> None:
    call("diarize", wav, *TOY, "--uri", "meeting-7", "--out", tmp_path)
    assert (tmp_path / "talk.rttm").read_text().startswith("SPEAKER meeting-7 1")


def test_another_format(wav: Path) -> None:
    assert '"speaker": "A"' in call("diarize", wav, *TOY, "--format", "json").stdout


def test_the_help_names_the_format_that_is_meant() -> None:
    shown = " ".join(call("diarize", *TOY, "--help").stdout.split())
    assert "[default rttm]" in shown
    assert "--uri" in shown


def test_a_flag_of_a_format_that_was_not_chosen(wav: Path) -> None:
    done = call("diarize", wav, *TOY, "--highlight-words")
    assert done.exit_code == 2
    assert "it belongs to --format" in done.output


def test_from_python() -> None:
    sound = Audio((0.5 * np.sin(np.arange(40_000) * 0.1)).astype(np.float32), 16_000)
    told = Lab(discover=False).diarize(sound, "toy")
    assert isinstance(told, Diarization)
    assert told.turns == (
        Turn(0.0, 1.0, speaker="A", id="t1"),
        Turn(1.0, 2.0, speaker="B", id="t2"),
        Turn(2.0, 2.5, speaker="A", id="t3"),
    )


def test_no_diarizer() -> None:
    with pytest.raises(EngineUnavailable) as raised:
        Lab(discover=False).diarize(Audio(np.zeros(16_000), 16_000))
    assert raised.value.hint == "pip install speechlab-diarize"
