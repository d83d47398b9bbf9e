"""The recognizer on sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from pathlib import Path

import numpy as np
import pytest
from speechlab_moonshine import FILES, WEIGHTS, MoonshineOptions, MoonshineParams
from speechlab_moonshine.engine import Moonshine

from speechlab import (
    Audio,
    ConfigError,
    Context,
    EngineUnavailable,
    Recognizer,
    Segment,
    SegmentUpdate,
    StreamingRecognizer,
)
from speechlab.testing import music, noise, silence, speech, words

RATE = 16_000
SELDOM = MoonshineOptions(update_interval=5)


@pytest.fixture(scope="module")
def moonshine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moonshine]:
    engine = Moonshine(MoonshineParams(), Context(home=tmp_path_factory.mktemp("home"), download=False))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def talk() -> Audio:
    return speech("en").audio


@pytest.fixture(scope="module")
def updates(moonshine: Moonshine, talk: Audio) -> list[SegmentUpdate]:
    """What a stream of the talk tells with the default options."""
    return streamed(moonshine, talk, 0.2, MoonshineOptions())


def streamed(
    moonshine: Moonshine, audio: Audio, seconds: float, options: MoonshineOptions = SELDOM
) -> list[SegmentUpdate]:
    session = moonshine.open(options)
    return [update for chunk in audio.chunks(seconds) for update in session.feed(chunk)] + session.flush()


def settled(updates: Sequence[SegmentUpdate]) -> list[Segment]:
    return [update.segment for update in updates if update.final]


def said(segments: Sequence[Segment]) -> list[str]:
    return words(" ".join(segment.text for segment in segments))


# -- recordings --------------------------------------------------------------------------------------------------------


def test_it_speaks_both_protocols(moonshine: Moonshine) -> None:
    assert isinstance(moonshine, Recognizer)
    assert isinstance(moonshine, StreamingRecognizer)


def test_it_reads_what_is_said(moonshine: Moonshine, talk: Audio) -> None:
    segments = list(moonshine.transcribe(talk, MoonshineOptions()))
    assert said(segments) == words(speech("en").text)
    assert [segment.language for segment in segments] == ["en"]


def test_it_reads_the_same_again(moonshine: Moonshine, talk: Audio) -> None:
    before = list(moonshine.transcribe(talk, MoonshineOptions()))
    list(moonshine.transcribe(noise(3), MoonshineOptions()))
    streamed(moonshine, noise(3), 1)
    assert list(moonshine.transcribe(talk, MoonshineOptions())) == before


def test_segments_lie_on_the_timeline_of_the_sound(moonshine: Moonshine, talk: Audio) -> None:
    later = Audio(talk.crop(0, 4).samples, RATE, 100.0)
    assert [(s.start, s.end) for s in moonshine.transcribe(later, MoonshineOptions())] == [(100, later.end)]


def test_stereo_is_mixed_down(moonshine: Moonshine, talk: Audio) -> None:
    mono = talk.crop(0, 4)
    stereo = Audio(np.vstack([mono.samples, mono.samples]), RATE)
    assert said(list(moonshine.transcribe(stereo, SELDOM))) == said(list(moonshine.transcribe(mono, SELDOM)))


@pytest.mark.parametrize("frames", [0, 1, 511, 1600])
def test_a_very_short_clip_is_no_error(moonshine: Moonshine, talk: Audio, frames: int) -> None:
    clip = Audio(talk.samples[:, RATE : RATE + frames], RATE)
    assert all(clip.start <= s.start <= s.end <= clip.end for s in moonshine.transcribe(clip, SELDOM))


def test_silence_says_nothing(moonshine: Moonshine) -> None:
    assert list(moonshine.transcribe(silence(5), SELDOM)) == []
    assert list(moonshine.transcribe(noise(5, level=0.0001), SELDOM)) == []


def test_rubbish_among_the_samples_is_silence(moonshine: Moonshine, talk: Audio) -> None:
    samples = talk.crop(0, 4).mono.copy()
    samples[:3200:3], samples[1:3200:3], samples[2:3200:3] = np.nan, np.inf, -np.inf
    [segment] = moonshine.transcribe(Audio(samples, RATE), SELDOM)
    assert said([segment]) == words("The old lighthouse stands at the end of the harbor.")


@pytest.mark.parametrize("language", [None, "", "en", "en-GB", "EN"])
def test_english_by_any_name(moonshine: Moonshine, language: str | None) -> None:
    assert list(moonshine.transcribe(silence(1), MoonshineOptions(language=language))) == []
    assert moonshine.open(MoonshineOptions(language=language)).flush() == []


def test_another_language_is_refused_at_once(moonshine: Moonshine, talk: Audio) -> None:
    for call in (lambda options: moonshine.transcribe(talk, options), moonshine.open):
        with pytest.raises(ConfigError, match="English only, not 'fr'") as caught:
            call(MoonshineOptions(language="fr"))
        assert "whisper" in caught.value.hint


# -- streams -----------------------------------------------------------------------------------------------------------


def test_a_stream_hears_what_is_said(updates: list[SegmentUpdate]) -> None:
    assert said(settled(updates)) == words(speech("en").text)


def test_each_sentence_is_a_segment_at_its_time(updates: list[SegmentUpdate]) -> None:
    sentences = speech("en").transcript
    for heard, sentence in zip(settled(updates), sentences, strict=True):
        assert (heard.start, heard.end) == pytest.approx((sentence.start, sentence.end), abs=0.6)


def test_tentative_updates_come_first_and_keep_the_id(updates: list[SegmentUpdate]) -> None:
    ids = [update.segment.id for update in updates]
    assert ids == sorted(ids)
    for name in dict.fromkeys(ids):
        ours = [update for update in updates if update.segment.id == name]
        assert len(ours) >= 4
        assert [update.final for update in ours] == [False] * (len(ours) - 1) + [True]
        assert len({update.segment.start for update in ours}) == 1
        assert all(one.segment != other.segment for one, other in pairwise(ours))


def test_updates_are_told_while_it_is_said(moonshine: Moonshine, talk: Audio) -> None:
    session = moonshine.open(MoonshineOptions())
    assert [update for chunk in talk.crop(0, 1.6).chunks(0.1) for update in session.feed(chunk)]


@pytest.mark.parametrize("seconds", [0.02, 1.0, 60.0])
def test_chunks_make_no_difference(
    moonshine: Moonshine, talk: Audio, updates: list[SegmentUpdate], seconds: float
) -> None:
    two = talk.crop(0, 8.8)
    wanted, heard = settled(updates)[:2], settled(streamed(moonshine, two, seconds))
    assert said(heard) == said(wanted)
    # The library's detector may begin a window of 32 ms sooner or later, by what it heard in another stream.
    assert [s.start for s in heard] == pytest.approx([s.start for s in wanted], abs=0.1)


def test_streams_side_by_side_hear_what_each_hears_alone(moonshine: Moonshine, talk: Audio) -> None:
    sounds = [talk.crop(0, 8.8), talk.crop(4, 8.8), noise(8.8)]
    sessions = [moonshine.open(SELDOM) for _ in sounds]
    told: list[list[SegmentUpdate]] = [[] for _ in sounds]
    for chunks in zip_longest(*(sound.chunks(0.5) for sound in sounds)):
        for session, chunk, ours in zip(sessions, chunks, told, strict=True):
            ours += session.feed(chunk) if chunk is not None else []
    together = [said(settled(ours + session.flush())) for ours, session in zip(told, sessions, strict=True)]
    first, second, _ = (words(segment.text) for segment in speech("en").transcript)
    assert together == [first + second, second, []]


def test_a_stream_lies_on_its_own_timeline(moonshine: Moonshine, talk: Audio) -> None:
    later = Audio(talk.crop(0, 4).samples, RATE, 100.0)
    [segment] = settled(streamed(moonshine, later, 0.5))
    assert 100 <= segment.start < 101
    assert segment.id == f"s{round(segment.start * 1000):08d}"


def test_fewer_updates_for_a_longer_interval(moonshine: Moonshine, talk: Audio, updates: list[SegmentUpdate]) -> None:
    seldom = streamed(moonshine, talk.crop(0, 4), 0.2, MoonshineOptions(update_interval=1.5))
    assert 1 < len(seldom) < len([update for update in updates if update.segment.start < 4])


def test_a_longer_pause_joins_sentences(moonshine: Moonshine, talk: Audio) -> None:
    options = MoonshineOptions(update_interval=5, min_silence_duration_ms=3000)
    assert len(settled(streamed(moonshine, talk.crop(0, 8), 0.5, options))) == 1


@pytest.mark.parametrize("sound", [silence(4), noise(4), music(4)], ids=["silence", "noise", "music"])
def test_a_stream_makes_no_words_of_other_sounds(moonshine: Moonshine, sound: Audio) -> None:
    assert streamed(moonshine, sound, 0.5) == []


def test_a_stream_that_heard_nothing_tells_nothing(moonshine: Moonshine) -> None:
    assert moonshine.open(SELDOM).flush() == []
    assert streamed(moonshine, silence(0.02), 0.01) == []


# -- weights -----------------------------------------------------------------------------------------------------------


def test_weights_of_ones_own(tmp_path: Path, talk: Audio) -> None:
    packaged = Context(home=tmp_path).weights(WEIGHTS)
    for name in FILES:
        (tmp_path / name).symlink_to(packaged / name)
    own = Moonshine(MoonshineParams(folder=str(tmp_path)), Context(home=tmp_path))
    assert list(own.transcribe(talk.crop(0, 4), SELDOM))
    own.close()


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"lacks encoder_model\.ort"):
        Moonshine(MoonshineParams(folder=str(tmp_path)), Context(home=tmp_path))
