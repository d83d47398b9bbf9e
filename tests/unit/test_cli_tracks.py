"""Cleaned sound beside a transcript, from the command line: kept for the ear, or recognised too."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechlab import Audio, media
from speechlab.cli.app import speechlab
from speechlab.cli.maybe import MaybeOption, spelled_out
from speechlab.testing import silence, tone

TOY = ("--engine", "toy", "--vad", "energy")
SOUND = Audio.join([silence(0.6), tone(1.0), silence(0.6)])


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "talks" / "a.wav"
    path.parent.mkdir()
    media.write(SOUND, path)
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("--clean a.wav", "--clean= a.wav"),
        ("--clean one a.wav", "--clean=one a.wav"),
        ("--clean=x a.wav", "--clean=x a.wav"),
        ("a.wav --clean", "a.wav --clean="),
        ("--clean oen a.wav", "--clean=oen a.wav"),
        ("--clean ./one", "--clean= ./one"),
        ("--clean --clean one", "--clean= --clean=one"),
        ("--clean --other one", "--clean= --other one"),
        ("-- --clean one", "-- --clean one"),
        ("", ""),
    ],
)
def test_a_value_may_be_left_out(given: str, meant: str) -> None:
    options = [MaybeOption(["--clean"], known=lambda ctx: {"one", "two"}), click.Option(["--other"])]
    assert list(spelled_out(options, given.split(), click.Context(click.Command("x")))) == meant.split()


@pytest.mark.parametrize("denoise", [["--denoise=toy"], ["--denoise", "denoise/toy"]])
@pytest.mark.parametrize("recognise", ["raw", "clean", "better"])
@pytest.mark.parametrize(("keep", "suffix"), [(["--keep-sound"], "flac"), (["--keep-sound", "wav"], "wav")])
def test_the_cleaned_sound_lies_beside_the_text(
    wav: Path, tmp_path: Path, denoise: list[str], keep: list[str], suffix: str, recognise: str
) -> None:
    out = tmp_path / "d"
    done = call("transcribe", *TOY, *denoise, "--recognise", recognise, *keep, wav, "--out", out)
    assert done.exit_code == 0, done.output
    assert written(out) == {"a.txt", f"a.clean.{suffix}"}
    heard = media.decode(out / f"a.clean.{suffix}")
    np.testing.assert_allclose(heard.samples, SOUND.samples / 2, atol=1e-3)
    assert (out / "a.txt").read_text(encoding="utf-8") == "1.4 seconds of sound\n"


def test_resume_makes_a_sound_that_is_gone_anew(wav: Path, tmp_path: Path) -> None:
    out = tmp_path / "d"
    again = ("transcribe", *TOY, "--denoise", "toy", "--keep-sound", wav, "--out", out, "--resume")
    for _ in range(2):
        done = call(*again)
        assert done.exit_code == 0, done.output
        assert (out / "a.clean.flac").exists()
        (out / "a.clean.flac").unlink()


def test_every_knob_of_the_denoiser_is_a_flag(wav: Path, tmp_path: Path) -> None:
    out = tmp_path / "d"
    done = call("transcribe", *TOY, "--denoise", "toy", "--wet", "0", "--keep-sound", "--out", out, wav)
    assert done.exit_code == 0, done.output
    np.testing.assert_allclose(media.decode(out / "a.clean.flac").samples, SOUND.samples, atol=1e-3)
    shown = call("transcribe", *TOY, "--denoise", "toy", "--help").output
    assert "--recognise [raw|clean|better]" in shown
    assert "--denoise [ID]" in shown
    assert "--keep-sound [flac|wav]" in shown
    told = call("transcribe", *TOY, "--recognise", "clean", wav)
    assert "--recognise does not fit here: it belongs to --denoise" in " ".join(told.stderr.split())


def test_what_would_go_nowhere_is_refused(wav: Path, tmp_path: Path) -> None:
    nowhere = call("transcribe", *TOY, "--denoise", "toy", wav)
    assert nowhere.exit_code == 2
    assert "the cleaned sound would go nowhere" in nowhere.stderr
    assert call("transcribe", *TOY, "--denoise", "toy", "--recognise", "clean", wav).exit_code == 0
    none = call("transcribe", *TOY, "--keep-sound", wav, "--out", tmp_path / "d")
    assert none.exit_code == 2
    assert "there is no sound to keep: nothing cleans it" in none.stderr
    printed = call("transcribe", *TOY, "--denoise", "toy", "--keep-sound", wav)
    assert "sound cannot be printed" in printed.stderr
    assert "is none of flac, wav" in call("transcribe", *TOY, "--keep-sound=mp3", wav).stderr


def test_a_mistyped_engine_is_taken_for_no_recording(wav: Path, tmp_path: Path) -> None:
    done = call("transcribe", *TOY, "--denoise", "tyo", "--keep-sound", wav, "--out", tmp_path / "d")
    assert done.exit_code == 2
    assert "there is no denoise engine 'tyo'" in done.stderr
    assert "did you mean 'toy'?" in done.stderr


def test_from_which_sound_the_text_is_told(wav: Path) -> None:
    done = call("transcribe", *TOY, "--denoise", "toy", "--recognise", "better", wav)
    assert done.exit_code == 0, done.output
    assert done.stdout == "1.4 seconds of sound\n"
    assert "0 of 1 segments are from the cleaned sound, the others from the raw" in done.stderr


def test_a_pipeline_keeps_its_sound_too(wav: Path, tmp_path: Path) -> None:
    file = tmp_path / "clean.toml"
    file.write_text('[[stage]]\nuse = "denoise/toy"\n[[stage]]\nuse = "asr/toy"\n', encoding="utf-8")
    done = call("run", file, "--keep-sound", wav, "--out", tmp_path / "d")
    assert done.exit_code == 0, done.output
    assert written(tmp_path / "d") == {"a.txt", "a.clean.flac"}


def test_a_recording_is_not_overwritten_by_its_sound(wav: Path) -> None:
    clash = wav.with_name("a.clean.flac")
    media.write(SOUND, clash)
    done = call("transcribe", *TOY, "--denoise", "toy", "--keep-sound", wav, clash, "--out", wav.parent)
    assert done.exit_code == 2
    assert "a.clean.flac would be overwritten, which is a recording" in done.stderr
