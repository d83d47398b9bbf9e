"""``speechlab denoise``: sound in, sound of the same shape out; batch, flags, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, Lab, media
from speechlab.batch import Advanced, Finished, SoundBatch, Started, gather
from speechlab.cli.app import speechlab

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = """
from typing import Annotated
from pydantic import Field
from speechlab import Audio, EngineSpec, Kind, Params, hookimpl

class Options(Params):
    strength: Annotated[float, Field(ge=0, le=1)] = 0.5
    \"\"\"How much is taken away.\"\"\"

class Softer:
    def __init__(self, params, context): ...
    def open(self, options):
        return Session(options.strength)

class Session:
    def __init__(self, strength):
        self.strength = strength
    def feed(self, audio):
        yield Audio(audio.samples * (1 - self.strength), audio.sample_rate, audio.start)
    def flush(self):
        return ()

class Stopper(Softer):
    def open(self, options):
        raise KeyboardInterrupt

@hookimpl
def register_engines(register):
    for id, load in ("softer", Softer), ("stopper", Stopper):
        register(EngineSpec(id=id, kind=Kind.DENOISE, load=load, options=Options))
"""
RATE = 22_050
SOUND = Audio(0.4 * np.sin(np.arange(3 * RATE) / 20) * np.array([[1.0], [0.5]]), RATE)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "plugin_softer.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talks" / "a.wav"
    path.parent.mkdir()
    media.write(SOUND, path)
    return path


def call(plugin: Path, *args: object) -> Result:
    return CliRunner().invoke(speechlab, ["--plugin", str(plugin), "denoise", *map(str, args)])


def test_a_recording_keeps_its_rate_channels_and_length(plugin: Path, talk: Path, tmp_path: Path) -> None:
    done = call(plugin, talk, "--engine", "softer", "--out", tmp_path / "d")
    assert done.exit_code == 0, done.output
    out = media.decode(tmp_path / "d" / "a.wav")
    assert (out.sample_rate, out.samples.shape) == (RATE, SOUND.samples.shape)
    middle = slice(500, -500)
    np.testing.assert_allclose(out.samples[:, middle], SOUND.samples[:, middle] / 2, atol=0.002)
    assert "a.wav: 0:03 in" in done.stderr


def test_knobs_are_flags_the_engines_and_the_hosts(plugin: Path, talk: Path, tmp_path: Path) -> None:
    done = call(plugin, talk, "--engine", "denoise/softer", "--strength", "1", "--wet", "0.25", "--out", tmp_path / "d")
    assert done.exit_code == 0, done.output
    out = media.decode(tmp_path / "d" / "a.wav").samples[:, 500:-500]
    np.testing.assert_allclose(out, 0.75 * SOUND.samples[:, 500:-500], atol=0.002)
    told = call(plugin, "--engine", "softer", "--help").output
    assert "--strength X" in told
    assert "--attenuation-limit-db X" in told


def test_a_batch_goes_on_after_a_file_that_fails(plugin: Path, talk: Path, tmp_path: Path) -> None:
    (talk.parent / "b.wav").write_text("no sound", encoding="utf-8")
    media.write(SOUND, talk.parent / "more.ogg")
    done = call(plugin, talk.parent, "--engine", "softer", "--format", "flac", "--out", tmp_path / "d")
    assert done.exit_code == 1
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["a.flac", "more.flac"]
    assert "3 recordings: 2 done, 1 failed" in done.stderr
    assert "b.wav is not a recording" in done.stderr


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--engine", "sofetr", "--out", "d"], 2, "did you mean 'softer'?"),
        (["--engine", "softer"], 2, "Missing option '--out'"),
        (["--engine", "softer", "--out", "d", "--strength", "2"], 2, "0<=x<=1"),
        (["--engine", "toy", "--out", "d", "--strength", "1"], 2, "it belongs to --engine softer"),
        (["--engine", "toy", "--out", "d", "--wat", "1"], 2, "No such option"),
        (["--engine", "softer", "--out", "talks"], 2, "a.wav would be overwritten, which is a recording"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(
    plugin: Path, talk: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(plugin.parent)
    before = talk.read_bytes()
    done = call(plugin, talk, *args)
    assert done.exit_code == code
    assert said in done.output
    assert not Path("d").exists()
    assert talk.read_bytes() == before


def test_where_no_denoiser_is_installed_the_cure_is_told(talk: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(speechlab, ["denoise", str(talk), "--out", str(tmp_path / "d")])
    assert done.exit_code == 3
    assert "pip install speechlab-deepfilternet" in done.output
    assert CliRunner().invoke(speechlab, ["denoise", "--help"]).exit_code == 0


def test_ctrl_c_leaves_no_part_of_a_file(plugin: Path, talk: Path, tmp_path: Path) -> None:
    done = call(plugin, talk, "--engine", "stopper", "--out", tmp_path / "d")
    assert done.exit_code == 130
    assert list((tmp_path / "d").iterdir()) == []
    assert "what is written is whole" in done.stderr


def test_the_work_goes_on_piece_by_piece_and_can_be_given_up(plugin: Path, tmp_path: Path) -> None:
    media.write(Audio(np.tile(SOUND.samples, 20), RATE), tmp_path / "minute.wav")
    with Lab(plugin) as lab:
        pipeline = lab.pipeline({"stage": [{"use": "denoise/softer"}]})
        batch = SoundBatch(lab, pipeline, gather([tmp_path / "minute.wav"]).items, tmp_path / "d")
        reports = list(batch)
        assert isinstance(reports[0], Started)
        assert isinstance(reports[-1], Finished)
        done = [report.progress.done for report in reports if isinstance(report, Advanced)]
        assert len(done) > 5
        assert done == sorted(done)
        assert done[-1] == reports[-1].recording.duration == pytest.approx(60)
        assert reports[-1].trace.audio_seconds == pytest.approx(60, abs=0.1)
        (tmp_path / "d" / "minute.wav").unlink()
        begun = iter(batch)
        for report in begun:
            if isinstance(report, Advanced) and report.progress.done > 10:
                break
        begun.close()
        assert list((tmp_path / "d").iterdir()) == []
