"""What a detector decides by: scores, and the speech that any threshold makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechlab import Audio, Params, SpeechScorer, SpeechScores
from speechlab.builtin.cards import EnergyOptions
from speechlab.builtin.energy import EnergyDetector
from speechlab.engines import Context

RATE = 8_000
BURSTS = st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(1, 6000)), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def energy(tmp_path_factory: pytest.TempPathFactory) -> EnergyDetector:
    return EnergyDetector(Params(), Context(tmp_path_factory.mktemp("home"), download=False))


@settings(max_examples=60, deadline=None)
@given(
    bursts=BURSTS,
    start=st.floats(0, 100),
    cut=st.floats(0.01, 2.0),
    threshold=st.floats(0, 1),
    speech=st.integers(0, 500),
    silence=st.integers(0, 500),
    pad=st.integers(0, 300),
)
def test_the_gate_decides_by_its_scores(
    energy: EnergyDetector,
    bursts: list[tuple[float, int]],
    start: float,
    cut: float,
    threshold: float,
    speech: int,
    silence: int,
    pad: int,
) -> None:
    levels = np.repeat([level for level, _ in bursts], [length for _, length in bursts])
    audio = Audio(levels * np.where(np.arange(len(levels)) % 2, 1, -1), RATE, start)
    options = EnergyOptions(
        threshold=threshold,
        min_speech_duration_ms=speech,
        min_silence_duration_ms=silence,
        speech_pad_ms=pad,
    )
    session = energy.open(options)
    told = [event.at for chunk in audio.chunks(0.3) for event in session.feed(chunk)]
    told += [event.at for event in session.flush()]
    scores = energy.scores(audio.chunks(cut))
    assert [at for span in energy.spans(scores, options) for at in (span.start, span.end)] == told
    assert (scores.start, scores.end) == (pytest.approx(start), pytest.approx(audio.end))


def test_no_sound_has_no_scores(energy: EnergyDetector) -> None:
    scores = energy.scores([])
    assert not len(scores.values)
    assert energy.spans(scores, EnergyOptions()) == []
    assert isinstance(energy, SpeechScorer)


@given(st.lists(st.floats(0, 1, width=32), max_size=50), st.integers(1, 20))
def test_a_picture_keeps_the_highest(values: list[float], most: int) -> None:
    scores = SpeechScores(np.array(values, np.float32), 0.5, 0.0, len(values) / 2)
    drawn, step = scores.highest(most)
    assert len(drawn) <= most
    assert drawn.max(initial=0.0) == max(values, default=0.0)
    assert step * len(drawn) >= len(values) * 0.5
