"""The diarizer on sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_diarize import SEGMENTATION, TELEPHONE, VOICES, WEIGHTS, DiarizeParams, EmbeddedOptions
from speechlab_diarize.engine import Diarize

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineUnavailable,
    Lab,
    Recording,
    Samples,
    StreamingDiarizer,
    Turn,
    TurnUpdate,
)
from speechlab.testing import cut, speech

RATE = 16_000
RNG = np.random.default_rng(7)
EN, ES = speech("en"), speech("es")
TALK = [EN, ES, EN]
"""Two people: the first says three sentences, the second two, the first one of them again."""


@pytest.fixture(scope="module")
def diarize(tmp_path_factory: pytest.TempPathFactory) -> Diarize:
    return Diarize(DiarizeParams(), Context(home=tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def talk() -> Audio:
    return Audio(np.concatenate([one.audio.mono for one in TALK]), RATE).crop(0, 24.5)


@pytest.fixture(scope="module")
def told(diarize: Diarize, talk: Audio) -> list[Turn]:
    return turns(diarize, talk)


def updates(engine: Diarize, chunks: Iterable[Audio], **options: float) -> list[TurnUpdate]:
    session = engine.open(EmbeddedOptions.model_validate(options))
    return [update for chunk in chunks for update in session.feed(chunk)] + session.flush()


def turns(engine: Diarize, *chunks: Audio, **options: float) -> list[Turn]:
    return [turn for turn in Recording.of(updates(engine, chunks, **options)).diarization if turn]


def test_it_streams(diarize: Diarize) -> None:
    assert isinstance(diarize, StreamingDiarizer)


def test_each_sentence_is_a_turn_of_who_says_it(told: list[Turn]) -> None:
    expected, offset = [], 0.0
    for one in TALK:
        speaker = "Speaker 1" if one is EN else "Speaker 2"
        expected += [(offset + s.start, offset + s.end, speaker) for s in one.transcript]
        offset += one.audio.duration
    expected = expected[:6]
    assert [turn.speaker for turn in told] == [speaker for *_, speaker in expected]
    for turn, (start, end, _) in zip(told, expected, strict=True):
        assert (turn.start, turn.end) == pytest.approx((start, end), abs=0.25)


def test_both_at_once(diarize: Diarize) -> None:
    """The second speaks into the first one's second sentence."""
    sound = np.concatenate([EN.audio.mono, np.zeros(4 * RATE, np.float32)])
    at = round(6.0 * RATE)
    sound[at : at + ES.audio.frames] += ES.audio.mono
    both = Audio(np.concatenate([ES.audio.mono, sound]), RATE)
    found = turns(diarize, both)
    first, second = ([turn for turn in found if turn.speaker == f"Speaker {n}"] for n in (1, 2))
    shared = sum(a.overlap(b) for a in first for b in second)
    assert {turn.speaker for turn in found} == {"Speaker 1", "Speaker 2"}
    assert shared > 0.5
    alone = turns(diarize, both, overlap=1.0)
    assert all(after.start >= before.end for before, after in pairwise(alone))


@settings(max_examples=4, deadline=None)
@given(
    lengths=st.lists(st.sampled_from([0, 1, 160, 511, 3200, 16_001, 38_880, 70_000, 400_000]), min_size=1).filter(
        lambda lengths: sum(lengths) >= 1600 * len(lengths)  # sample by sample takes too long
    ),
    seconds=st.sampled_from([0.0, 2.0]),
)
def test_any_chunking_tells_the_same(diarize: Diarize, talk: Audio, lengths: list[int], seconds: float) -> None:
    part = talk.crop(7, 20)
    whole = updates(diarize, [part], update_seconds=seconds)
    assert updates(diarize, cut(part, lengths), update_seconds=seconds) == whole


def test_times_lie_on_the_sounds_own_timeline(diarize: Diarize, talk: Audio, told: list[Turn]) -> None:
    later = turns(diarize, Audio(talk.samples, RATE, 100.0))
    for now, then in zip(told, later, strict=True):
        assert (then.start, then.end) == pytest.approx((100 + now.start, 100 + now.end))


def test_sessions_do_not_hear_each_other(diarize: Diarize, talk: Audio) -> None:
    quiet, loud = diarize.open(EmbeddedOptions()), diarize.open(EmbeddedOptions())
    for chunk in talk.chunks(5):
        loud.feed(chunk)
        quiet.feed(Audio(np.zeros(chunk.frames), RATE, chunk.start))
    assert quiet.flush() == []


# -- as it goes --------------------------------------------------------------------------------------------------------


def test_live_ends_with_what_batch_tells(diarize: Diarize, talk: Audio, told: list[Turn]) -> None:
    live = turns(diarize, *talk.chunks(0.2), update_seconds=2)
    assert [replace(turn, id="") for turn in live] == [replace(turn, id="") for turn in told]


def test_a_turn_is_told_within_seconds_and_settled_at_the_end(diarize: Diarize, talk: Audio) -> None:
    session = diarize.open(EmbeddedOptions(update_seconds=2))
    late: dict[str, float] = {}
    for chunk in talk.chunks(0.1):
        for update in session.feed(chunk):
            assert not update.final
            late.setdefault(update.turn.id, chunk.end - update.turn.start)
    assert len(late) >= 6
    assert max(late.values()) < 2.43 + 0.5
    assert all(update.final for update in session.flush())


def test_nothing_is_told_before_the_end_unless_asked(diarize: Diarize, talk: Audio) -> None:
    session = diarize.open(EmbeddedOptions())
    assert [update for chunk in talk.chunks(1) for update in session.feed(chunk)] == []


def test_a_speaker_keeps_the_name(diarize: Diarize, talk: Audio) -> None:
    names: dict[str, str] = {}
    for update in updates(diarize, talk.chunks(0.5), update_seconds=2):
        if update.turn.start < 10 and update.turn:
            assert names.setdefault("first", update.turn.speaker) == update.turn.speaker == "Speaker 1"


# -- how many ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [{"speakers": 1}, {"max_speakers": 1}, {"threshold": 0.0}])
def test_one_if_asked(diarize: Diarize, talk: Audio, asked: dict[str, float]) -> None:
    assert {turn.speaker for turn in turns(diarize, talk.crop(7, 18), **asked)} == {"Speaker 1"}


@pytest.mark.parametrize("asked", [{"speakers": 2}, {"min_speakers": 2}])
def test_more_if_asked(diarize: Diarize, talk: Audio, asked: dict[str, float]) -> None:
    found = turns(diarize, talk.crop(7, 18), threshold=0.0, **asked)
    assert [turn.speaker for turn in found] == ["Speaker 1", "Speaker 1", "Speaker 2", "Speaker 2"]


def test_a_single_person(diarize: Diarize) -> None:
    assert {turn.speaker for turn in turns(diarize, EN.audio)} == {"Speaker 1"}


def test_twenty_voices_are_no_trouble(diarize: Diarize) -> None:
    """Twenty pitches of two voices: how many people that are is anybody's guess, but there is an answer."""
    parts = []
    for number in range(20):
        sentence = (EN, ES)[number % 2].audio.crop(0.4, 2.4).mono
        times = np.arange(0, len(sentence) - 1, 0.7 + 0.03 * number)
        parts.append(np.interp(times, np.arange(len(sentence)), sentence).astype(np.float32))
    found = turns(diarize, Audio(np.concatenate(parts), RATE), speakers=20)
    assert 10 <= len({turn.speaker for turn in found}) <= 20


def test_bounds_that_contradict_each_other() -> None:
    stage = {"use": "diarize/diarize", "min_speakers": 4, "max_speakers": 2}
    with pytest.raises(ConfigError, match="should not be below min_speakers"):
        Lab().pipeline({"stage": [stage]})


# -- sounds that nobody prepared for -----------------------------------------------------------------------------------

SECONDS = np.arange(12 * RATE) / RATE
NOISE = RNG.normal(size=12 * RATE)
NOBODY = {
    "silence": np.zeros(12 * RATE),
    "faint noise": 0.001 * NOISE,
    "loud noise": 0.3 * NOISE,
    "tone": 0.3 * np.sin(2 * np.pi * 440 * SECONDS),
    "chord": sum(0.1 * np.sin(2 * np.pi * hertz * SECONDS) for hertz in (262, 330, 392, 523)),
    "clicks": 0.8 * (np.arange(12 * RATE) % 8000 < 20),
    "only NaN": np.full(12 * RATE, np.nan),
    "constant": np.full(12 * RATE, 0.7),
}


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_speaks(diarize: Diarize, name: str) -> None:
    assert updates(diarize, [Audio(NOBODY[name], RATE)]) == []


@pytest.mark.parametrize("frames", [0, 1, 400, 990, 991, 1600, 8000])
def test_a_very_short_clip(diarize: Diarize, frames: int) -> None:
    clip = Audio(EN.audio.samples[:, RATE : RATE + frames], RATE, 5.0)
    found = turns(diarize, clip)
    assert len(found) <= 1
    assert all(5.0 <= turn.start < turn.end <= clip.end for turn in found)


def test_half_a_second_of_speech_is_a_turn(diarize: Diarize) -> None:
    [turn] = turns(diarize, EN.audio.crop(0.9, 1.4))
    assert turn.duration > 0.3


def broken(sound: Samples, how: str) -> Samples:
    """The sound, made worse."""
    match how:
        case "NaN":
            return np.where(np.arange(len(sound)) % 997 == 0, np.nan, sound)
        case "infinite":
            return np.where(np.arange(len(sound)) % 997 == 0, np.inf, sound)
        case "offset":
            return sound + 0.5
        case "clipped":
            return np.clip(20 * sound, -1, 1)
        case "quiet":
            return 0.003 * sound
    raise ValueError(how)


@pytest.mark.parametrize("how", ["NaN", "infinite", "offset", "clipped", "quiet"])
def test_a_bad_recording_still_tells_who_speaks(diarize: Diarize, talk: Audio, told: list[Turn], how: str) -> None:
    found = turns(diarize, Audio(broken(talk.mono, how), RATE))
    assert [turn.speaker for turn in found] == [turn.speaker for turn in told]


def test_two_equal_channels_are_one(diarize: Diarize, talk: Audio, told: list[Turn]) -> None:
    assert turns(diarize, Audio(np.stack([talk.mono, talk.mono]), RATE)) == told


def test_a_telephone(diarize: Diarize, talk: Audio, told: list[Turn]) -> None:
    """Its band makes all voices alike; they are told apart nevertheless."""
    spectrum = np.fft.rfft(talk.mono)
    hertz = np.fft.rfftfreq(talk.frames, 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    found = turns(diarize, Audio(np.fft.irfft(spectrum, talk.frames), RATE))
    assert [turn.speaker for turn in found] == [turn.speaker for turn in told]


# -- weights -----------------------------------------------------------------------------------------------------------


def test_weights_of_ones_own(tmp_path: Path, talk: Audio, told: list[Turn]) -> None:
    packaged = Context(home=tmp_path).weights(WEIGHTS)
    for name in (SEGMENTATION, VOICES, TELEPHONE):
        (tmp_path / name).write_bytes((packaged / name).read_bytes())
    own = Diarize(DiarizeParams(folder=str(tmp_path), threads=2), Context(home=tmp_path))
    assert [turn.speaker for turn in turns(own, talk)] == [turn.speaker for turn in told]


def test_a_folder_without_the_weights(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=f"lacks {SEGMENTATION}"):
        Diarize(DiarizeParams(folder=str(tmp_path)), Context(home=tmp_path))
