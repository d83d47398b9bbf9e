"""What is written can be read again, and appears whole or not at all."""

from __future__ import annotations

import io
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from speechlab import Audio, AudioError, ConfigError, SpeechLabError, media
from speechlab.errors import OutputError


def tone(seconds: float = 1.0, rate: int = 16_000, channels: int = 1) -> Audio:
    sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return Audio(np.tile(sine, (channels, 1)), rate)


@pytest.mark.parametrize("format", list(media.WRITABLE))
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_written_is_read_again(tmp_path: Path, format: str, channels: int) -> None:
    path = tmp_path / f"talk.{format.upper()}"
    media.write(tone(channels=channels), path)
    again = media.decode(path)
    assert (again.sample_rate, again.channels) == (16_000, channels)
    assert again.duration == pytest.approx(1.0, abs=0.08)
    if format in ("wav", "flac"):
        assert np.abs(again.samples - tone().samples).max() < 2**-15
    else:
        assert np.abs(again.samples).max() == pytest.approx(0.5, abs=0.05)
    assert media.decode(io.BytesIO(media.encode(tone(channels=channels), format))).duration == again.duration
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("format", list(media.WRITABLE))
def test_long_sound_is_written_as_it_comes(tmp_path: Path, format: str) -> None:
    whole = tone(120.0)
    media.write(whole, tmp_path / "whole", format)
    media.write(whole.chunks(7.0), tmp_path / "parts", format)
    assert media.decode(tmp_path / "whole").duration == pytest.approx(120.0, abs=0.1)
    assert media.decode(tmp_path / "parts").digest == media.decode(tmp_path / "whole").digest


def test_samples_beyond_full_scale_are_held_there(tmp_path: Path) -> None:
    media.write(Audio(np.array([1.5, -1.5, 0.0]), 16_000), tmp_path / "loud.wav")
    assert media.decode(tmp_path / "loud.wav").mono.tolist() == pytest.approx([1.0, -1.0, 0.0], abs=1e-4)


def test_an_unknown_format_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written as 'm4a'") as caught:
        media.write(tone(), tmp_path / "talk.m4a")
    assert "wav, flac, ogg, mp3" in caught.value.hint
    with pytest.raises(ConfigError):
        media.encode(tone(), "")
    assert not os.listdir(tmp_path)


def test_what_a_format_cannot_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="mp3 cannot hold 6 channels at 16000 Hz") as caught:
        media.write(tone(channels=6), tmp_path / "talk.mp3")
    assert "wav" in caught.value.hint
    with pytest.raises(AudioError, match="no sound to write"):
        media.write([], tmp_path / "talk.wav")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("format", list(media.WRITABLE))
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    tmp_path: Path, format: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"talk.{format}"
    path.write_bytes(b"the old one")
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 30 * 16_000).astype(np.float32)
    with limited(20_000), pytest.raises(OutputError) as caught:
        media.write(Audio(noise, 16_000), path)
    assert caught.value.hint
    assert path.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == [path.name]
    assert capfd.readouterr() == ("", "")


def test_a_failing_source_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Audio]:
        yield tone()
        raise AudioError("lost")

    with pytest.raises(SpeechLabError, match="lost"):
        media.write(broken(), tmp_path / "talk.wav")
    assert not os.listdir(tmp_path)


class limited:
    """No file may grow beyond so many bytes: what a full disk is to a program."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> None:
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.size, self.before[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)
