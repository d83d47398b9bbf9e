"""The diarizer tells what pyannote.audio's pipeline tells of the whole recording, without ever holding it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from speechlab import Audio, AudioChunk, Context, Lab, StreamingDiarizer, Turn, TurnUpdate
from speechlab.testing import noise, silence

pytest.importorskip("speechlab_pyannote.upstream", reason="needs pyannote.audio: pip install speechlab-pyannote")
if TYPE_CHECKING:
    from speechlab_pyannote.diarizer import Pyannote

RATE = 16_000


def turns(engine: Pyannote, chunks: Iterable[Audio], **options: Any) -> list[Turn]:
    from speechlab_pyannote import PyannoteOptions

    session = engine.open(PyannoteOptions.model_validate(options))
    updates: list[TurnUpdate] = [update for chunk in chunks for update in session.feed(chunk)] + session.flush()
    assert all(update.final for update in updates)
    return [update.turn for update in updates]


def times(some: Iterable[Turn]) -> list[tuple[float, float, str]]:
    return [(round(turn.start, 3), round(turn.end, 3), turn.speaker) for turn in some]


def told_at_once(engine: Pyannote, audio: Audio) -> list[tuple[float, float, str]]:
    """The same pipeline, called the way its authors mean it."""
    import torch
    from speechlab_pyannote.upstream import quiet

    with quiet():
        told = engine._pipeline({"waveform": torch.from_numpy(audio.mono)[None], "sample_rate": RATE})
    names: dict[str, str] = {}
    return [
        (
            round(segment.start, 3),
            round(min(segment.end, audio.duration), 3),
            names.setdefault(label, f"Speaker {len(names) + 1}"),
        )
        for segment, _, label in told.speaker_diarization.itertracks(yield_label=True)
        if segment.start < audio.duration
    ]


def test_who_speaks_when(campplus: Pyannote, talk: Audio) -> None:
    found = turns(campplus, talk.chunks(10))
    at = {second: {turn.speaker for turn in found if turn.start <= second < turn.end} for second in (2, 15, 30)}
    assert isinstance(campplus, StreamingDiarizer)
    assert {turn.speaker for turn in found} == {"Speaker 1", "Speaker 2"}
    assert found == sorted(found)
    assert len({turn.id for turn in found}) == len(found)
    assert at[2] == at[30] != at[15]


@pytest.mark.parametrize("seconds", [24.5, 17.5, 10.0, 8.2, 0.5])
def test_it_tells_what_the_pipeline_tells_of_the_whole(campplus: Pyannote, talk: Audio, seconds: float) -> None:
    audio = talk.crop(0, seconds)
    assert times(turns(campplus, audio.chunks(1.7))) == told_at_once(campplus, audio)


@pytest.mark.parametrize("size", [1, 3])
def test_with_voices_and_clustering_of_community_1_too(
    community: Callable[..., Path], context: Context, talk: Audio, size: int
) -> None:
    from speechlab_pyannote import DiarizeParams
    from speechlab_pyannote.diarizer import Pyannote

    engine = Pyannote(DiarizeParams(model=str(community()), batch_size=size), context)
    short = talk.crop(7, 18.3)
    found = turns(engine, Audio(short.mono, RATE).chunks(4))
    assert found
    assert times(found) == told_at_once(engine, Audio(short.mono, RATE))


def test_turns_lie_on_the_sounds_own_timeline(campplus: Pyannote, talk: Audio) -> None:
    late = Audio(talk.samples, RATE, 100.0)
    moved = [(round(a - 100, 3), round(b - 100, 3), who) for a, b, who in times(turns(campplus, late.chunks(5)))]
    assert moved == times(turns(campplus, talk.chunks(5)))


def test_it_keeps_no_more_sound_than_a_window_and_a_step(campplus: Pyannote, talk: Audio) -> None:
    from speechlab_pyannote import PyannoteOptions

    session = campplus.open(PyannoteOptions())
    for chunk in Audio(np.tile(talk.mono, 2), RATE).chunks(7):
        session.feed(chunk)
        assert len(session._sound) < 12.5 * RATE


def test_samples_that_are_no_numbers_are_silence(campplus: Pyannote, talk: Audio) -> None:
    broken, quiet = talk.mono.copy(), talk.mono.copy()
    broken[RATE : 2 * RATE : 3], quiet[RATE : 2 * RATE : 3] = np.nan, 0
    broken[3 * RATE], quiet[3 * RATE] = np.inf, 0
    assert turns(campplus, [Audio(broken, RATE)]) == turns(campplus, [Audio(quiet, RATE)])


@pytest.mark.parametrize("sound", [silence(12), noise(3), silence(0.01)], ids=["silence", "noise", "hardly any"])
def test_nobody_speaks_where_there_is_no_speech(campplus: Pyannote, sound: Audio) -> None:
    assert turns(campplus, [sound]) == []


class TestOptions:
    def test_the_number_of_speakers_is_kept(self, campplus: Pyannote, talk: Audio) -> None:
        assert {turn.speaker for turn in turns(campplus, [talk], speakers=1)} == {"Speaker 1"}
        assert {turn.speaker for turn in turns(campplus, [talk], max_speakers=1)} == {"Speaker 1"}
        assert len({turn.speaker for turn in turns(campplus, [talk], min_speakers=3)}) == 3

    def test_a_threshold_beyond_all_finds_one_speaker_and_is_forgotten(self, campplus: Pyannote, talk: Audio) -> None:
        before = times(turns(campplus, [talk]))
        assert {turn.speaker for turn in turns(campplus, [talk], threshold=2)} == {"Speaker 1"}
        assert times(turns(campplus, [talk])) == before

    def test_pauses_and_short_turns(self, campplus: Pyannote, talk: Audio) -> None:
        plain = turns(campplus, [talk])
        joined = turns(campplus, [talk], min_duration_off=1.5)
        assert len(joined) < len(plain)
        longest = max(turn.duration for turn in plain)
        assert [turn.duration for turn in turns(campplus, [talk], min_duration_on=longest - 0.01)] == [longest]


class TestTheHost:
    @pytest.fixture
    def lab(self) -> Lab:
        return Lab()

    def test_it_diarizes_through_the_lab(self, lab: Lab, talk: Audio, campplus: Pyannote) -> None:
        found = lab.diarize(talk, "pyannote", model="campplus")
        assert times(found) == times(turns(campplus, [talk]))

    def test_whoever_leaves_does_not_wait_for_the_rest(
        self, lab: Lab, talk: Audio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from speechlab_pyannote.diarizer import PyannoteSession

        heard: list[float] = []
        feed = PyannoteSession.feed
        monkeypatch.setattr(PyannoteSession, "feed", lambda self, a: heard.append(a.duration) or feed(self, a))
        long = Audio(np.tile(talk.mono, 20), RATE)
        run = lab.open({"stage": [{"use": "diarize/pyannote", "model": "campplus"}]}, long)
        with closing(iter(run)) as events:
            next(event for event in events if isinstance(event, AudioChunk) and event.audio.start > 10)
        assert 0 < sum(heard) < long.duration / 4
