"""Sound inside a page: as it is where browsers play it, else a copy that they do."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speechlab import Audio, AudioError, media
from speechlab.player import embedded
from speechlab.player.embedded import AS_IT_IS, UNCOMPRESSED


def noise(seconds: float, rate: int = 16000, channels: int = 1, start: float = 0.0) -> Audio:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (channels, round(seconds * rate))).astype(np.float32)
    return Audio(samples, rate, start)


def opened(src: str) -> tuple[str, Audio]:
    """The MIME type and the sound of a data address."""
    head, data = src.split(";base64,")
    return head.removeprefix("data:"), media.decode(io.BytesIO(base64.b64decode(data)))


def test_a_short_sound_is_wav_and_sample_for_sample_the_same() -> None:
    sound = noise(1.0, channels=2, start=7.0)
    inside = embedded(sound)
    mime, heard = opened(inside.src)
    assert mime == "audio/wav"
    assert (heard.sample_rate, heard.channels) == (16000, 1)
    np.testing.assert_allclose(heard.mono, sound.mono, atol=1e-4)
    assert (inside.peaks.start, inside.peaks.duration, inside.cut) == (7.0, 1.0, False)


def test_a_longer_sound_is_compressed_and_lasts_as_long() -> None:
    sound = noise(UNCOMPRESSED / 2 / 44100 + 1, 44100)
    mime, heard = opened(embedded(sound).src)
    assert mime == "audio/ogg"
    assert heard.sample_rate == 24000
    assert heard.duration == pytest.approx(sound.duration, abs=0.01)
    assert embedded(sound).peaks.duration == pytest.approx(sound.duration, abs=0.01)


def test_of_a_very_long_sound_the_beginning_is_kept() -> None:
    inside = embedded(noise(25.0, start=3.0), seconds=12.5)
    assert opened(inside.src)[1].duration == pytest.approx(12.5)
    assert inside.cut
    assert inside.peaks.duration == pytest.approx(12.5)
    assert not embedded(noise(12.5), seconds=12.5).cut


def test_a_file_that_browsers_play_is_put_in_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.flac"
    soundfile.write(file, noise(2.0, 44100, 2).samples.T, 44100)
    inside = embedded(file)
    assert inside.src == "data:audio/flac;base64," + base64.b64encode(file.read_bytes()).decode("ascii")
    assert (inside.peaks.duration, inside.cut) == (2.0, False)


@pytest.mark.parametrize("suffix", ["mp3", "aiff"])
def test_a_file_that_they_do_not_is_copied(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    soundfile.write(file, noise(2.0, 44100, 2).samples.T, 44100)
    mime, heard = opened(embedded(str(file)).src)
    assert mime == "audio/wav"
    assert heard.duration == pytest.approx(2.0, abs=0.1)


def test_a_large_file_is_copied_smaller(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    soundfile.write(file, np.zeros((AS_IT_IS // 4 + 1, 2), np.float32), 96000)
    inside = embedded(file)
    assert inside.src.startswith("data:audio/ogg;")
    assert len(inside.src) < AS_IT_IS / 10


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no file"):
        embedded(tmp_path / "missing.wav")
