"""What diarizers promise: turns inside the recording, each somebody's."""

from __future__ import annotations

import pytest

from ...engines import Diarizer, StreamingDiarizer
from ...types import Audio, Diarization, Turn, TurnUpdate
from ..sounds import spoken
from ..subject import Subject
from .asked import LATE, in_order, lies_in, through


def turns(subject: Subject, audio: Audio) -> list[Turn]:
    """Who speaks in a sound, from the whole of it where the engine can, each turn inside it."""
    engine = subject.engine
    if not isinstance(engine, Diarizer):
        return [update.turn for update in turn_updates(subject, audio)]
    diarization = engine.diarize(audio, subject.options)
    assert isinstance(diarization, Diarization), f"{diarization!r} is no Diarization"
    found = [_somebodys(turn, audio) for turn in diarization]
    in_order(found)
    return found


def turn_updates(subject: Subject, audio: Audio) -> list[TurnUpdate]:
    """What it tells of a stream."""
    updates = through(subject.engine.open(subject.options), audio.chunks(0.5))
    for update in updates:
        assert isinstance(update, TurnUpdate), f"{update!r} is no TurnUpdate"
        assert update.turn.id, "an update needs its turn's id"
        _somebodys(update.turn, audio)
    return updates


def check_turns_lie_in_the_sound(subject: Subject) -> None:
    """Turns are inside the recording, and each has a speaker."""
    assert turns(subject, spoken(subject.spec.sample_rate, start=LATE)), "it heard nobody in speech"


def check_a_stream_settles_its_turns(subject: Subject) -> None:
    """A streaming diarizer's updates have ids, and each turn ends with a final one."""
    if not isinstance(subject.engine, StreamingDiarizer):
        pytest.skip("it does not stream")
    updates = turn_updates(subject, spoken(subject.spec.sample_rate, start=LATE))
    newest = {update.turn.id: update for update in updates}
    assert newest, "it heard nobody in speech"
    assert all(update.final for update in newest.values()), "a turn was never settled"


def _somebodys(turn: Turn, audio: Audio) -> Turn:
    assert isinstance(turn, Turn), f"{turn!r} is no Turn"
    assert turn.speaker, f"{turn} has no speaker"
    lies_in(turn, audio)
    return turn
