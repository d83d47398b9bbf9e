"""Voice conversion as a stage: long recordings are cut in pauses, and what is made of the stretches is joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import Audio, Context, EngineSpec, Kind, Lab, Params, Policy, Recording, Samples, Span, hookimpl
from speechlab.stages.seams import LAP, Seams

RATE = 16_000
WINDOW = 4.0


class Converter:
    """Tells what it heard, and makes of it what the test wants."""

    heard: ClassVar[list[Audio]] = []
    make: ClassVar[Callable[[Audio], list[Audio]]]

    def __init__(self, params: Params, context: Context) -> None: ...

    def convert(self, audio: Audio, voice: str, options: Params) -> Iterator[Audio]:
        Converter.heard.append(audio)
        yield from Converter.make(audio)


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="double", kind=Kind.CONVERT, load=Converter, sample_rate=RATE, window=WINDOW))


@pytest.fixture
def convert(tmp_path: Path) -> Iterator[Callable[[Samples, Callable[[Audio], list[Audio]]], list[Audio]]]:
    """What a recording becomes, piece by piece."""
    Converter.heard = []
    with Lab(Plugin(), discover=False, home=tmp_path, policy=Policy(watermark=False)) as lab:

        def run(samples: Samples, make: Callable[[Audio], list[Audio]]) -> list[Audio]:
            Converter.make = make
            stage = {"use": "convert/double", "voice": "Ada", "consent": "my own voice"}
            run = lab.open({"stage": [stage]}, Audio(samples, RATE))
            return [chunk.audio for chunk in Recording.of(run).synthesis]

        yield run


def hum(seconds: float, *pauses: float) -> Samples:
    """A voice that never stops, but for a quarter of a second around some times."""
    at = np.arange(round(seconds * RATE)) / RATE
    sound = 0.5 * np.sin(2 * np.pi * 150 * at)
    for pause in pauses:
        sound[np.abs(at - pause) < 0.25] *= 0.001
    return sound.astype(np.float32)


def same(audio: Audio) -> list[Audio]:
    return [Audio(audio.samples, audio.sample_rate, audio.start)]


def test_a_long_recording_is_cut_in_its_pauses(convert: Callable[..., list[Audio]]) -> None:
    made = convert(hum(12.5, 3.0, 5.5, 9.0, 10.2), same)
    cuts = [audio.start for audio in made[1:]]
    assert cuts == pytest.approx([3.0, 5.5, 9.0], abs=0.2)
    assert [audio.end for audio in Converter.heard[:-1]] == pytest.approx([cut + LAP for cut in cuts], abs=0.001)


def test_a_short_recording_is_not_cut(convert: Callable[..., list[Audio]]) -> None:
    [made] = convert(hum(WINDOW, 2.0), same)
    assert np.allclose(made.mono, hum(WINDOW, 2.0), atol=1e-6)


@pytest.mark.parametrize("seconds", [4.1, 5.9, 6.1, 17.3])
def test_speech_without_pauses_is_joined_as_it_was(convert: Callable[..., list[Audio]], seconds: float) -> None:
    made = convert(hum(seconds), same)
    assert all(audio.duration <= WINDOW + 0.001 for audio in Converter.heard)
    assert all(audio.duration >= WINDOW / 2 - LAP for audio in Converter.heard), "a scrap tells no voice"
    assert all(one.end == pytest.approx(two.start, abs=1e-6) for one, two in pairwise(made))
    assert np.allclose(np.concatenate([audio.mono for audio in made]), hum(seconds), atol=0.001)


def turned(audio: Audio) -> list[Audio]:
    """What every other stretch becomes: the same turned upside down, at another rate."""
    sign = -1.0 if len(Converter.heard) % 2 else 1.0
    return [Audio(sign * audio.samples[:, ::2], audio.sample_rate // 2, audio.start)]


def test_nothing_clicks_where_two_stretches_meet(convert: Callable[..., list[Audio]]) -> None:
    made = np.concatenate([audio.mono for audio in convert(hum(12), turned)])
    assert np.abs(np.diff(made)).max() < 1.1 * np.abs(np.diff(hum(12)[::2])).max()


# -- seams -------------------------------------------------------------------------------------------------------------


def joined(lengths: Sequence[float], made: Callable[[float], float]) -> list[Audio]:
    """Stretches of ones, of which a converter made some that are a little longer or shorter."""
    seams, start, out = Seams(), 0.0, []
    for number, length in enumerate(lengths, 1):
        last = number == len(lengths)
        span = Span(start, start + length + (0 if last else LAP))
        samples = np.ones(round(made(span.duration) * RATE), np.float32)
        audio = seams.join([Audio(samples, RATE, start)], span, last=last)
        assert audio is not None
        out.append(audio)
        start += length
    return out


lengths = st.lists(st.floats(0.1, 2.0), min_size=1, max_size=5)


@given(lengths, st.floats(0.9, 1.1))
def test_each_stretch_begins_in_time_however_long_what_was_made_of_the_last(some: list[float], by: float) -> None:
    made = joined(some, lambda seconds: seconds * by)
    for one, two in pairwise(made):
        assert one.end == pytest.approx(two.start, abs=1.5 / RATE)
    assert np.abs(np.concatenate([audio.mono for audio in made])).max() <= 1


@given(lengths)
def test_what_both_sides_hear_is_as_loud_as_the_rest(some: list[float]) -> None:
    whole = np.concatenate([audio.mono for audio in joined(some, lambda seconds: seconds)])
    assert np.abs(whole - 1).max() < 0.002


def test_a_stretch_of_which_nothing_is_made_is_silence_in_its_place() -> None:
    seams = Seams()
    assert seams.join([], Span(0, 1), last=False) is None
    first = seams.join([Audio(np.ones(RATE, np.float32), RATE)], Span(1 - LAP, 2), last=False)
    rest = seams.join([], Span(2 - LAP, 3), last=True)
    assert first is not None
    assert rest is not None
    assert rest.duration == pytest.approx(1 + LAP, abs=0.001)
    assert not rest.mono[round(LAP * RATE) + 1 :].any()
