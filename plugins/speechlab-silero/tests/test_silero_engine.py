"""The detector on sound."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from speechlab_silero import NETWORK, WEIGHTS, SileroOptions, SileroParams
from speechlab_silero.engine import Silero, SpeechEvent

from speechlab import Audio, BatchSpeechDetector, Context, EngineUnavailable, Samples, SpeechDetector
from speechlab.testing import cut, speech

RATE = 16_000
SECONDS = np.arange(4 * RATE) / RATE
NOISE = np.random.default_rng(7).normal(size=4 * RATE)

NO_SPEECH = {
    "silence": np.zeros(4 * RATE),
    "faint noise": 0.001 * NOISE,
    "loud noise": 0.3 * NOISE,
    "pulsing noise": 0.1 * NOISE * (1 + np.sin(2 * np.pi * 4 * SECONDS)),
    "low tone": 0.3 * np.sin(2 * np.pi * 110 * SECONDS),
    "tone": 0.3 * np.sin(2 * np.pi * 440 * SECONDS),
    "chord": sum(0.1 * np.sin(2 * np.pi * hertz * SECONDS) for hertz in (262, 330, 392, 523)),
    "sweep": 0.3 * np.sin(2 * np.pi * (100 + 300 * SECONDS) * SECONDS),
    "clicks": 0.8 * (np.arange(4 * RATE) % 8000 < 20),
}


@pytest.fixture(scope="module")
def silero(tmp_path_factory: pytest.TempPathFactory) -> Silero:
    return Silero(SileroParams(), Context(home=tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def talk() -> Audio:
    return speech("en").audio


def heard(silero: Silero, chunks: Iterable[Audio], options: SileroOptions | None = None) -> list[SpeechEvent]:
    session = silero.open(options or SileroOptions())
    return [event for chunk in chunks for event in session.feed(chunk)] + session.flush()


def test_it_speaks_both_protocols(silero: Silero) -> None:
    assert isinstance(silero, SpeechDetector)
    assert isinstance(silero, BatchSpeechDetector)


@pytest.mark.parametrize("name", NO_SPEECH)
def test_nobody_speaks(silero: Silero, name: str) -> None:
    assert heard(silero, [Audio(NO_SPEECH[name], RATE)]) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_sentence_is_found_where_it_is(silero: Silero, language: str) -> None:
    told = speech(language)
    events = heard(silero, told.audio.chunks(0.2), SileroOptions(speech_pad_ms=100))
    assert [event.at for event in events] == pytest.approx(
        [at for sentence in told.transcript for at in (sentence.start, sentence.end)], abs=0.5
    )


@settings(max_examples=10, deadline=None)
@given(
    lengths=st.lists(st.sampled_from([0, 1, 160, 511, 512, 513, 3200, 16_001, 70_000]), min_size=1).filter(
        lambda lengths: sum(lengths) >= 160 * len(lengths)  # sample by sample takes too long
    )
)
def test_any_chunking_tells_the_same(silero: Silero, talk: Audio, lengths: list[int]) -> None:
    assert heard(silero, cut(talk, lengths)) == heard(silero, [talk])


def test_times_lie_on_the_sounds_own_timeline(silero: Silero, talk: Audio) -> None:
    later = Audio(talk.samples, RATE, 100.0)
    assert [event.at for event in heard(silero, later.chunks(1))] == pytest.approx(
        [100 + event.at for event in heard(silero, talk.chunks(1))]
    )


def test_a_batch_is_as_many_sessions(silero: Silero, talk: Audio) -> None:
    sounds = [talk, Audio(talk.samples[:, 30_000:], RATE, 5.0), Audio(NO_SPEECH["tone"], RATE), talk]
    steps = (0.2, 0.1, 0.7, 0.032)
    alone = [heard(silero, sound.chunks(step)) for sound, step in zip(sounds, steps, strict=True)]

    sessions = [silero.open(SileroOptions()) for _ in sounds]
    streams = [list(sound.chunks(step)) for sound, step in zip(sounds, steps, strict=True)]
    together: list[list[SpeechEvent]] = [[] for _ in sounds]
    for tick in range(max(map(len, streams))):
        live = [i for i, stream in enumerate(streams) if tick < len(stream)]
        answers = silero.feed_batch([sessions[i] for i in live], [streams[i][tick] for i in live])
        for i, answer in zip(live, answers, strict=True):
            together[i] += answer
    assert [told + session.flush() for told, session in zip(together, sessions, strict=True)] == alone


def test_a_batch_of_nobody(silero: Silero) -> None:
    assert silero.feed_batch([], []) == []


def test_sessions_do_not_hear_each_other(silero: Silero, talk: Audio) -> None:
    quiet = silero.open(SileroOptions())
    loud = silero.open(SileroOptions())
    for chunk in talk.chunks(1):
        loud.feed(chunk)
        assert quiet.feed(Audio(np.zeros(RATE), RATE, chunk.start)) == []
    assert quiet.flush() == []


@pytest.mark.parametrize("rubbish", [np.nan, np.inf, -np.inf, 1e30])
def test_rubbish_does_not_deafen_it(silero: Silero, talk: Audio, rubbish: float) -> None:
    broken = np.zeros(RATE)
    broken[::7] = rubbish
    whole = np.concatenate([broken, talk.mono])
    muted = np.concatenate([np.where(np.isfinite(broken) & (broken < 1), broken, 0), talk.mono])
    assert heard(silero, [Audio(whole, RATE)]) == heard(silero, [Audio(muted, RATE)]) != []


def test_a_session_that_heard_nothing_tells_nothing(silero: Silero) -> None:
    assert silero.open(SileroOptions()).flush() == []
    assert heard(silero, [Audio(np.zeros(0), RATE)]) == []


@pytest.mark.parametrize("frames", [1, 512, 1600])
def test_a_very_short_clip(silero: Silero, talk: Audio, frames: int) -> None:
    clip = Audio(talk.samples[:, 2 * RATE : 2 * RATE + frames], RATE)
    assert heard(silero, [clip]) == []
    eager = heard(silero, [clip], SileroOptions(min_speech_duration_ms=0, threshold=0))
    assert [event.at for event in eager] == [0, frames / RATE]


def test_stereo_is_mixed_down(silero: Silero, talk: Audio) -> None:
    both: Samples = np.stack([talk.mono, talk.mono])
    assert heard(silero, [Audio(both, RATE)]) == heard(silero, [talk])


def test_the_probabilities_are_those_of_the_published_network(silero: Silero, talk: Audio) -> None:
    """The file here is Silero's with an axis more; these numbers are what Silero's own gave for every 12th window."""
    published = """
        .0017 .0047 .9998 .9992 .9728 .9979 .9998 .9999 .9986 .0107 .0100 .0065 .0032 1.000 .9989 1.000 1.000
        .9998 1.000 1.000 .9666 .0179 .0177 .0134 .0090 1.000 1.000 .0319 1.000 .9999 1.000 .9929 .0096
    """
    session = silero.open(SileroOptions())
    judged: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "judge", lambda probabilities: judged.extend(probabilities) or [])
        session.feed(talk)
    assert judged[::12] == pytest.approx([float(p) for p in published.split()], abs=2e-3)


def test_weights_of_ones_own(silero: Silero, tmp_path: Path, talk: Audio) -> None:
    packaged = Context(home=tmp_path).weights(WEIGHTS) / NETWORK
    (tmp_path / NETWORK).write_bytes(packaged.read_bytes())
    own = Silero(SileroParams(folder=str(tmp_path)), Context(home=tmp_path))
    assert heard(own, [talk]) == heard(silero, [talk])


def test_a_folder_without_the_weights(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=f"lacks {NETWORK}"):
        Silero(SileroParams(folder=str(tmp_path)), Context(home=tmp_path))
