"""Sound on a timeline."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio


def ramp(frames: int = 1000, rate: int = 100, start: float = 5.0, channels: int = 1) -> Audio:
    return Audio(np.tile(np.linspace(-1, 1, frames, dtype=np.float32), (channels, 1)), rate, start)


def test_times_are_those_of_the_timeline() -> None:
    audio = ramp()
    assert (audio.duration, audio.end, audio.channels, audio.frames) == (10.0, 15.0, 1, 1000)
    part = audio.crop(7.0, 9.0)
    assert (part.start, part.end) == (7.0, 9.0)
    assert np.array_equal(part.mono, audio.mono[200:400])


@given(st.floats(-20, 40), st.floats(-20, 40))
def test_a_crop_never_leaves_the_sound(start: float, end: float) -> None:
    audio = ramp()
    part = audio.crop(start, end)
    assert 5.0 <= part.start <= 15.0
    assert part.end <= 15.0 + 1e-9
    assert part.duration <= max(0.0, end - start) + 0.011


@given(st.floats(0.01, 12))
def test_chunks_join_to_the_whole(seconds: float) -> None:
    audio = ramp(channels=2)
    joined = Audio.join(audio.chunks(seconds))
    assert joined.digest == audio.digest
    assert joined.start == audio.start


def test_samples_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ramp().samples[0, 0] = 1.0


def test_mixing_down_is_the_mean_and_one_channel_is_not_copied() -> None:
    stereo = Audio(np.array([[1.0, 0.0], [0.0, 0.0]], np.float32), 2)
    assert stereo.mono.tolist() == [0.5, 0.0]
    assert np.shares_memory(ramp().mono, ramp().mono) is False
    mono = ramp()
    assert np.shares_memory(mono.mono, mono.samples)


def test_equal_sound_has_equal_digests() -> None:
    assert ramp().digest == ramp(start=0.0).digest
    assert ramp().digest != ramp(rate=200).digest


@pytest.mark.parametrize(
    ("samples", "rate", "said"), [(np.zeros((1, 1, 1)), 1, "shaped"), (np.zeros(1), 0, "positive")]
)
def test_what_is_no_sound_is_refused(samples: np.ndarray, rate: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Audio(samples, rate)
