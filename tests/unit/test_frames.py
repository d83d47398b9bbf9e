"""Sessions that work frame by frame: whatever the chunks, the sound comes out where it went in."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, FrameSession, Samples, SpectralSession
from speechlab.engines.frames import Spectra

RATE = 16_000
SOUND = np.random.default_rng(3).normal(scale=0.1, size=5000).astype(np.float32)
CHUNKS = st.lists(st.integers(0, 700), min_size=1, max_size=30)


class Late(FrameSession):
    """Gives each sample back some samples late, and notes how it was asked."""

    def __init__(self, hop: int, delay: int) -> None:
        super().__init__(hop, delay)
        self.line = np.zeros(delay, np.float32)
        self.asked: list[int] = []

    def process(self, samples: Samples) -> Samples:
        self.asked.append(len(samples))
        line = np.concatenate([self.line, samples])
        self.line = line[len(samples) :]
        return line[: len(samples)]


class Unchanged(SpectralSession):
    """Leaves every spectrum as it is."""

    bins = 0

    def clean(self, spectra: Spectra) -> Spectra:
        self.bins = spectra.shape[1]
        return spectra


def chunks(lengths: list[int], start: float = 7.0) -> list[Audio]:
    edges = np.minimum(np.cumsum([0, *lengths]), len(SOUND))
    return [Audio(SOUND[a:b], RATE, start + a / RATE) for a, b in pairwise(edges)]


def through(session: FrameSession, parts: list[Audio]) -> list[Audio]:
    return [out for part in parts for out in session.feed(part)] + session.flush()


@given(lengths=CHUNKS, hop=st.integers(1, 480), delay=st.integers(0, 1000))
def test_what_comes_out_lies_where_it_went_in(lengths: list[int], hop: int, delay: int) -> None:
    session, parts = Late(hop, delay), chunks(lengths)
    out = through(session, parts)
    whole = np.concatenate([np.zeros(0, np.float32), *(part.mono for part in out)])
    np.testing.assert_array_equal(whole, SOUND[: sum(part.frames for part in parts)])
    assert all(asked % hop == 0 for asked in session.asked)
    at = 7.0
    for part in out:
        assert part.frames
        assert part.start == pytest.approx(at)
        at = part.end


@given(lengths=CHUNKS, hop=st.integers(1, 480), delay=st.integers(0, 1000))
def test_it_is_never_further_behind_than_a_hop_and_the_delay(lengths: list[int], hop: int, delay: int) -> None:
    session = Late(hop, delay)
    behind = 0
    for part in chunks(lengths):
        behind += part.frames - sum(out.frames for out in session.feed(part))
        assert behind < hop + delay


@given(
    lengths=CHUNKS,
    window=st.sampled_from(
        [(np.sqrt(np.hanning(513)[:-1]), 256, None), (np.sqrt(np.hanning(320)), 160, 512), (np.hamming(480), 256, 512)]
    ),
)
def test_spectra_that_stay_as_they_are_give_the_sound_back(
    lengths: list[int], window: tuple[Samples, int, int | None]
) -> None:
    session, parts = Unchanged(*window), chunks(lengths)
    out = through(session, parts)
    whole = np.concatenate([np.zeros(0, np.float32), *(part.mono for part in out)])
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, SOUND[: sum(part.frames for part in parts)], atol=2e-6)
    assert session.bins in (0, (window[2] or len(window[0])) // 2 + 1)


def test_several_channels_are_mixed_down() -> None:
    session = Late(10, 0)
    [out] = session.feed(Audio(np.stack([np.zeros(20), np.ones(20)]), RATE))
    assert out.samples.tolist() == [[0.5] * 20]


def test_a_stream_without_sound_gives_none() -> None:
    assert Late(160, 320).flush() == []
    session = Late(160, 320)
    assert session.feed(Audio(np.zeros(0), RATE)) == []
    assert session.flush() == []
