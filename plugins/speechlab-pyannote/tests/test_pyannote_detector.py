"""The detector on sound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import Audio, Context, Lab, SpeechEnded, SpeechStarted
from speechlab.testing import noise, spoken

pytest.importorskip("speechlab_pyannote.upstream", reason="needs pyannote.audio: pip install speechlab-pyannote")

from speechlab_pyannote import PyannoteVadOptions, VadParams
from speechlab_pyannote.detector import PyannoteVad

RATE = 16_000
LIVE = {"step_seconds": 0.25, "lookahead_seconds": 0.25}


@pytest.fixture(scope="module")
def vad(context: Context) -> PyannoteVad:
    return PyannoteVad(VadParams(), context)


def spans(vad: PyannoteVad, audio: Audio, size: int = RATE, **options: float) -> list[tuple[float, float]]:
    session = vad.open(PyannoteVadOptions.model_validate(options))
    events: list[SpeechStarted | SpeechEnded] = []
    for at in range(0, audio.frames, size):
        events += session.feed(Audio(audio.samples[:, at : at + size], RATE, audio.start + at / RATE))
    times = [round(event.at, 4) for event in [*events, *session.flush()]]
    return list(zip(times[::2], times[1::2], strict=True))


def test_three_sentences_are_three_stretches(vad: PyannoteVad) -> None:
    audio = spoken(RATE, start=3.0)
    assert len(spans(vad, audio, min_silence_duration_ms=300)) == 3
    assert spans(vad, audio)[0][0] < 4


def test_noise_is_no_speech(vad: PyannoteVad) -> None:
    assert spans(vad, noise(25)) == []


def test_a_higher_threshold_finds_no_more(vad: PyannoteVad) -> None:
    audio = spoken(RATE)
    found = [sum(end - start for start, end in spans(vad, audio, threshold=level)) for level in (0.05, 0.5, 0.99)]
    assert found[0] > found[1] > found[2] > 0


@settings(max_examples=6, deadline=None)
@given(st.integers(200, 60_000), st.sampled_from([{}, LIVE]))
def test_the_same_is_heard_however_the_sound_is_cut(vad: PyannoteVad, size: int, options: dict[str, float]) -> None:
    audio = spoken(RATE).crop(0, 9)
    assert spans(vad, audio, size, **options) == spans(vad, audio, **options)


def test_live_it_tells_within_a_second(vad: PyannoteVad) -> None:
    audio = spoken(RATE)
    session = vad.open(PyannoteVadOptions.model_validate(LIVE))
    for chunk in audio.chunks(0.1):
        for event in session.feed(chunk):
            if isinstance(event, SpeechStarted):
                assert chunk.end - event.at < 1.05
                return
    pytest.fail("it heard no speech before the end")


def test_what_no_look_will_need_is_let_go(vad: PyannoteVad) -> None:
    session = vad.open(PyannoteVadOptions())
    for chunk in Audio(np.tile(spoken(RATE).mono, 5), RATE).chunks(3):
        session.feed(chunk)
        assert len(session._sound) < 15.1 * RATE


def test_samples_that_are_no_numbers_are_silence(vad: PyannoteVad) -> None:
    audio = spoken(RATE)
    broken, quiet = audio.mono.copy(), audio.mono.copy()
    broken[RATE : 2 * RATE : 5], quiet[RATE : 2 * RATE : 5] = np.nan, 0
    assert spans(vad, Audio(broken, RATE)) == spans(vad, Audio(quiet, RATE))


def test_it_serves_a_pipeline_of_the_lab(vad: PyannoteVad) -> None:
    audio = spoken(RATE)
    told = Lab().run({"stage": [{"use": "vad/pyannote"}]}, audio).speech
    assert [(round(span.start, 4), round(span.end, 4)) for span in told] == spans(vad, audio)
