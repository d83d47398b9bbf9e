"""Sound encoded while it comes: each piece can be heard before the next is there, and the whole is a file."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest

from speechlab import Audio, AudioError, ConfigError, media


def tone(rate: int, seconds: float = 1.0) -> Audio:
    return Audio((0.3 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)).astype(np.float32), rate)


@pytest.mark.parametrize("format", sorted(set(media.STREAMABLE) - {"pcm"}))
@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_the_whole_is_a_file_with_its_comment(format: str, rate: int) -> None:
    data = b"".join(media.streaming([tone(rate)] * 3, format, comment="made up"))
    heard = media.decode(io.BytesIO(data))
    assert heard.duration == pytest.approx(3, abs=0.12)
    spectrum = np.abs(np.fft.rfft(heard.mono))
    assert np.argmax(spectrum) / heard.duration == pytest.approx(440, abs=2)
    assert np.square(heard.mono).mean() == pytest.approx(0.3**2 / 2, rel=0.15)
    assert media.probe(io.BytesIO(data)).comment == ("" if format == "aac" else "made up")


@pytest.mark.parametrize("format", sorted(set(media.STREAMABLE) - {"flac"}))
def test_most_of_a_piece_is_there_before_the_next_is_asked_for(format: str) -> None:
    asked = []

    def pieces() -> Iterator[Audio]:
        for number in range(3):
            asked.append(number)
            yield tone(24_000)

    stream = media.streaming(pieces(), format)
    first = next(stream)
    assert asked == [0]
    if format != "pcm":
        assert media.decode(io.BytesIO(first)).duration > 0.8
    stream.close()


def test_pcm_is_24_khz_of_16_bits_without_a_header() -> None:
    data = b"".join(media.streaming([tone(48_000)], "pcm"))
    samples = np.frombuffer(data, "<i2")
    assert len(samples) == 24_000
    assert np.abs(samples).max() == pytest.approx(0.3 * 32767, rel=0.02)


def test_what_cannot_be_streamed_is_told() -> None:
    with pytest.raises(ConfigError, match="'wma'"):
        next(media.streaming([tone(16_000)], "wma"))


def test_nothing_is_no_flac() -> None:
    with pytest.raises(AudioError):
        list(media.streaming([], "flac"))
