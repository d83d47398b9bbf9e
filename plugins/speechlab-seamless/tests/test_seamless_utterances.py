"""A stream is cut where nobody speaks, and alike however it comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_seamless.utterances import FRAME, PADDING, Utterances

from speechlab import Audio, Samples

RATE = 16_000
SLACK = 0.05


def sound(*parts: tuple[float, float], floor: float = 0.0, seed: int = 5) -> Audio:
    """Noise of so many seconds and so loud, one part after the other, over a floor of noise; from 100 s on."""
    random = np.random.default_rng(seed)
    loud = np.concatenate([np.full(round(seconds * RATE), volume) for seconds, volume in parts])
    samples = loud * random.standard_normal(len(loud)) + floor * random.standard_normal(len(loud))
    return Audio(samples.astype(np.float32), RATE, 100.0)


def cut(audio: Audio, chunks: list[float] | float = 0.1, **how: float) -> list[Audio]:
    utterances = Utterances(RATE, **{"pause": 0.6, "longest": 15.0, "margin": 9.0, **how})
    if isinstance(chunks, float):
        parts = list(audio.chunks(chunks))
    else:
        parts, at = [], audio.start
        for seconds in chunks:
            parts.append(audio.crop(at, at + seconds))
            at = parts[-1].end
        parts.append(audio.crop(at, audio.end))
    return [*(one for part in parts for one in utterances.feed(part)), *utterances.flush()]


def spans(utterances: list[Audio]) -> list[tuple[float, float]]:
    return [(round(one.start, 3), round(one.end, 3)) for one in utterances]


@pytest.mark.parametrize("floor", [0.0, 0.002, 0.01])
def test_each_utterance_with_some_silence_around_it(floor: float) -> None:
    told = cut(sound((1, 0), (2, 0.2), (1, 0), (1, 0.1), (1, 0), floor=floor))
    assert spans(told) == [
        (pytest.approx(101 - PADDING, abs=SLACK), pytest.approx(103 + PADDING, abs=SLACK)),
        (pytest.approx(104 - PADDING, abs=SLACK), pytest.approx(105 + PADDING, abs=SLACK)),
    ]


def test_a_breath_ends_nothing_and_what_is_said_last_is_told_at_the_end() -> None:
    [one] = cut(sound((0.5, 0), (1, 0.2), (0.4, 0), (1, 0.2)))
    assert one.start == pytest.approx(100.5 - PADDING, abs=SLACK)
    assert one.end == pytest.approx(102.9)
    assert len(cut(sound((0.5, 0), (1, 0.2), (0.4, 0), (1, 0.2)), pause=0.3)) == 2


def test_an_utterance_is_told_when_its_pause_is_over() -> None:
    utterances = Utterances(RATE, pause=0.6, longest=15.0, margin=9.0)
    audio = sound((1, 0.2), (2, 0))
    told = [(chunk.end, one) for chunk in audio.chunks(FRAME) for one in utterances.feed(chunk)]
    [(when, one)] = told
    assert when == pytest.approx(101.6, abs=SLACK)
    assert one.end == pytest.approx(101 + PADDING, abs=SLACK)


@pytest.mark.parametrize(
    "audio",
    [sound((3, 0)), sound((3, 0.003)), sound((1, 0), (0.04, 0.5), (1, 0), (0.06, 0.5), (1, 0)), sound((0, 0))],
    ids=["silence", "hiss", "clicks", "nothing"],
)
def test_where_nobody_speaks_there_is_nothing(audio: Audio) -> None:
    assert cut(audio) == []


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    audio = sound((0.5, 0), (4, 0.2), (0.1, 0.01), (4, 0.2), (1, 0))
    told = cut(audio, longest=5.0)
    assert len(told) == 2
    assert told[0].end == pytest.approx(told[1].start) == pytest.approx(104.55, abs=SLACK)
    assert max(one.duration for one in cut(sound((30, 0.2)), longest=5.0)) <= 5.0 + 2 * FRAME


def test_noise_that_stays_becomes_the_background() -> None:
    told = cut(sound((40, 0.05), (2, 0.5), (20, 0.05)), longest=10.0)
    assert told[-1].start == pytest.approx(140 - PADDING, abs=0.3)
    assert told[-1].end == pytest.approx(142 + PADDING, abs=0.3)


LONG = sound((0.7, 0), (1.2, 0.2), (0.9, 0), (0.5, 0.1), (0.3, 0), (2.4, 0.3), (0.8, 0), floor=0.001)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.0, 1.5), max_size=12))
def test_the_same_comes_out_however_it_is_cut_into_chunks(chunks: list[float]) -> None:
    whole, parts = cut(LONG, 10.0, longest=2.0), cut(LONG, chunks, longest=2.0)
    assert [one.digest for one in parts] == [one.digest for one in whole]
    assert spans(parts) == spans(whole)


def test_what_is_told_is_the_sound_itself() -> None:
    def samples(audio: Audio, start: float, end: float) -> Samples:
        return audio.mono[round((start - audio.start) * RATE) : round((end - audio.start) * RATE)]

    for one in cut(LONG):
        assert np.array_equal(one.mono, samples(LONG, one.start, one.end))
