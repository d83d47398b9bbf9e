"""WebRTC's processing on sound: what its two knobs do."""

from __future__ import annotations

import numpy as np
import pytest
from speechlab_webrtc import WebRtcOptions
from speechlab_webrtc.engine import WebRtc

from speechlab import Audio, ConfigError, Context, Lab, Params, Samples
from speechlab.testing import noise, spoken

RATE = 16_000


@pytest.fixture
def engine(tmp_path: object) -> WebRtc:
    return WebRtc(Params(), Context(tmp_path))  # type: ignore[arg-type]


def cleaned(engine: WebRtc, sound: Samples, **options: object) -> Samples:
    session = engine.open(WebRtcOptions(**options))  # type: ignore[arg-type]
    return Audio.join([*session.feed(Audio(sound, RATE)), *session.flush()]).mono


def loudness(sound: Samples) -> float:
    return 10 * float(np.log10(np.square(sound[2 * RATE :]).mean()))


def test_each_level_takes_more_noise(engine: WebRtc) -> None:
    hiss = noise(4, RATE, level=0.02).mono
    left = [loudness(cleaned(engine, hiss, noise_suppression_level=level)) for level in range(5)]
    assert left == sorted(left, reverse=True)
    assert left[0] == pytest.approx(loudness(hiss), abs=1)
    assert left[4] < left[0] - 15


@pytest.mark.parametrize("level", [0, 3])
def test_speech_comes_out_where_it_went_in(engine: WebRtc, level: int) -> None:
    sound = spoken(RATE).crop(0, 4).mono
    came = np.fft.rfft(sound, 2 * len(sound))
    left = np.fft.rfft(cleaned(engine, sound, noise_suppression_level=level), 2 * len(sound))
    at = int(np.fft.irfft(left * came.conj()).argmax())
    assert min(at, 2 * len(sound) - at) <= 1


@pytest.mark.parametrize("level", [0, 3])
def test_gain_control_raises_quiet_speech(engine: WebRtc, level: int) -> None:
    quiet = spoken(RATE).mono * np.float32(0.2)
    plain, raised = (
        loudness(cleaned(engine, quiet, noise_suppression_level=level, gain_control=on)) for on in (False, True)
    )
    assert raised > plain + 6


def test_sound_beyond_full_scale_is_clipped_not_wrapped(engine: WebRtc) -> None:
    loud = np.float32(1.5) * np.sign(np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)).astype(np.float32)
    out = cleaned(engine, loud, noise_suppression_level=0)
    assert float(np.corrcoef(loud, out)[0, 1]) > 0.9


@pytest.mark.parametrize("level", [-1, 5, "much"])
def test_a_level_that_there_is_not_is_refused(level: object) -> None:
    with pytest.raises(ConfigError, match="noise_suppression_level"):
        Lab().denoise(spoken(RATE), "webrtc", noise_suppression_level=level)
