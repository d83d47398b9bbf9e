"""The picture of a sound: the right place, the right pitch, however it is cut and however long it is."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from speechlab import Audio
from speechlab.soundcheck.spectrogram import Scale, spectrogram

RATE = 16_000


def tone(hertz: float, seconds: float, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("scale", ["mel", "linear"])
@pytest.mark.parametrize("hertz", [300, 1000, 5000])
def test_a_tone_lies_at_its_pitch_and_time(scale: Scale, hertz: int) -> None:
    sound = np.concatenate([np.zeros(RATE, np.float32), tone(hertz, 1.0), np.zeros(2 * RATE, np.float32)])
    picture = spectrogram(Audio(sound, RATE).chunks(0.3), scale=scale, rows=100)
    row, column = np.unravel_index(picture.levels.argmax(), picture.levels.shape)
    share = row / 100
    if scale == "mel":
        assert 700 * (10 ** (share * np.log10(1 + 8000 / 700)) - 1) == pytest.approx(hertz, rel=0.1)
    else:
        assert share * 8000 == pytest.approx(hertz, abs=120)
    assert 0.25 <= column / picture.levels.shape[1] <= 0.5
    assert picture.seconds == 4.0


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(1, RATE), max_size=5), columns=st.integers(2, 40), frames=st.integers(1, RATE))
def test_nothing_depends_on_the_cuts_and_the_columns_are_few(cuts: list[int], columns: int, frames: int) -> None:
    sound = np.random.default_rng(frames).standard_normal(frames).astype(np.float32)
    parts = np.split(sound, np.unique([cut for cut in cuts if cut < frames]).astype(int))
    starts = np.cumsum([0, *map(len, parts)]) / RATE
    whole = spectrogram([Audio(sound, RATE)], columns=columns, rows=20)
    cut = spectrogram(
        [Audio(part, RATE, at) for part, at in zip(parts, starts, strict=False)], columns=columns, rows=20
    )
    assert whole.levels.shape == cut.levels.shape
    np.testing.assert_allclose(cut.levels, whole.levels, atol=0.01)
    assert 1 <= whole.levels.shape[1] <= columns + 1


def test_the_file_is_an_image_with_loud_above_silent() -> None:
    sound = np.concatenate([tone(1000, 1.0), np.zeros(RATE, np.float32)])
    picture = spectrogram(Audio(sound, RATE).chunks(1.0), rows=64)
    image = Image.open(BytesIO(picture.png())).convert("L")
    assert image.size == (picture.levels.shape[1], 64)
    seen = np.asarray(image)
    assert seen[:, : seen.shape[1] // 2].max() > 200
    assert seen[:, seen.shape[1] // 2 + 4 :].max() < 20
    assert np.asarray(Image.open(BytesIO(picture.png(picture.brightest + 30))).convert("L")).max() < 200


@pytest.mark.parametrize("chunks", [[], [Audio(np.zeros((2, 0)), RATE)], [Audio(np.zeros(3), RATE)]])
def test_nothing_gives_a_dark_picture(chunks: list[Audio]) -> None:
    assert np.asarray(Image.open(BytesIO(spectrogram(chunks).png())).convert("L")).max() < 20
