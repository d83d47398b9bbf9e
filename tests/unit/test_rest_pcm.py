"""Samples from a socket, and what its address asks for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import AudioError, ConfigError, EngineNotFound, Lab
from speechlab.rest.asked_live import asked, read
from speechlab.rest.pcm import RATE, Coding, Pcm


@given(st.lists(st.integers(0, 700), max_size=12), st.sampled_from([8_000, 11_025, 16_000, 24_000, 44_100, 48_000]))
def test_it_matters_not_how_the_sound_is_cut(cuts: list[int], rate: int) -> None:
    data = (10_000 * np.sin(np.arange(sum(cuts)) / 9)).astype("<i2").tobytes()
    whole = Pcm(sample_rate=rate)
    all_at_once = np.concatenate([whole.feed(data), whole.flush()])
    cut = Pcm(sample_rate=rate)
    parts, at = [], 0
    for count in cuts:
        parts.append(cut.feed(data[2 * at : 2 * (at + count)]))
        at += count
    in_parts = np.concatenate([*parts, cut.flush(), np.zeros(0, np.float32)])
    assert np.array_equal(all_at_once, in_parts)
    assert abs(len(in_parts) - at * RATE / rate) <= 0.5


def test_full_scale_is_one() -> None:
    samples = Pcm().feed(np.array([0, 16_384, -32_768, 32_767], "<i2").tobytes())
    assert samples.tolist() == [0.0, 0.5, -1.0, pytest.approx(1.0, abs=1e-4)]
    assert samples.dtype == np.float32


@pytest.mark.parametrize(
    ("coding", "codes", "values"),
    [
        (Coding.ULAW, [0xFF, 0x7F, 0x80, 0x00, 0xF0], [0, 0, 32_124, -32_124, 120]),
        (Coding.ALAW, [0xD5, 0x55, 0xAA, 0x2A], [8, -8, 32_256, -32_256]),
    ],
)
def test_g711_is_decoded_as_the_standard_says(coding: Coding, codes: list[int], values: list[int]) -> None:
    heard = Pcm(coding, RATE).feed(bytes(codes)) * 32_768
    assert heard.tolist() == values
    every = Pcm(coding, RATE).feed(bytes(range(256))).tolist()
    assert sorted(every) == sorted(-value for value in every)


def test_half_a_sample_and_a_rate_of_no_sound_are_refused() -> None:
    with pytest.raises(AudioError, match="3 bytes"):
        Pcm().feed(b"\0\0\0")
    for rate in (0, 3_999, 1_000_000):
        with pytest.raises(ConfigError, match="cannot be heard"):
            Pcm(sample_rate=rate)


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab(discover=False)


def test_the_query_is_told_from_the_parameters() -> None:
    own, values = read([("vad", "energy"), ("to", "fr"), ("to", "de"), ("language", ""), ("session", "")], ["vad"])
    assert own == {"vad": "energy"}
    assert values == {"to": ("fr", "de")}


def test_parameters_reach_the_step_that_has_them(lab: Lab) -> None:
    values = {"language": "de", "interval": "0.5", "threshold": "0.1"}
    detector, recognizer = asked(lab, "asr/toy", values, "energy").steps
    assert detector.options.threshold == 0.1
    assert recognizer.options.language == "de"
    assert recognizer.lift_options.interval == 0.5


def test_a_pipeline_keeps_what_is_not_asked_otherwise(lab: Lab) -> None:
    plain, changed = asked(lab, "toy-captions", {}), asked(lab, "toy-captions", {"to": "nl"})
    translators = [next(step for step in one.steps if step.spec.kind == "translate") for one in (plain, changed)]
    assert [step.lift_options.to for step in translators] == [("fr",), ("nl",)]
    assert [step.key for step in plain.steps if step.spec.kind != "translate"] == [
        step.key for step in changed.steps if step.spec.kind != "translate"
    ]


def test_speech_may_be_heard_in_another_language(lab: Lab) -> None:
    *_, step = asked(lab, "speech-translate/toy", {"to": "fr"}).steps
    assert step.lift_options.to == "fr"


def test_a_file_of_the_server_is_no_name(lab: Lab, tmp_path: object) -> None:
    for name in (f"{tmp_path}/mine.toml", "[[stage]]\nuse = 'asr/toy'", 3):
        with pytest.raises(ConfigError, match="there is no pipeline"):
            asked(lab, name, {})
    with pytest.raises(EngineNotFound):
        asked(lab, "asr/none", {})
