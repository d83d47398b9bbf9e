"""What diarizers promise: turns inside the recording, each somebody's."""

from __future__ import annotations

import numpy as np
import pytest

from ...engines import Diarizer, SpeakerEmbedder, StreamingDiarizer
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


def check_knows_a_voice_again(subject: Subject) -> None:
    """A voice is a vector of length 1, the same for the same sound; where nobody speaks, it has no length."""
    if "voices" not in subject.spec.features and subject.spec.likeness is None:
        pytest.skip("its card does not say that it knows voices")
    engine, rate = subject.engine, subject.spec.sample_rate
    assert isinstance(engine, SpeakerEmbedder), "its card says that it knows voices, but it has no embed"
    speech = spoken(rate)
    one, again = (np.asarray(engine.embed(speech, subject.options)) for _ in range(2))
    assert one.ndim == 1, f"a voice is a vector, not of shape {one.shape}"
    assert abs(float(np.linalg.norm(one)) - 1) < 1e-3, f"a voice has length 1, not {np.linalg.norm(one):.3f}"
    assert float(one @ again) > 0.999, "the same sound is another voice the second time"
    hush = np.asarray(engine.embed(Audio(np.zeros((1, 2 * rate), np.float32), rate), subject.options))
    assert hush.shape == one.shape, "silence has a voice of another size"
    assert not hush.any(), "silence has a voice"


def _somebodys(turn: Turn, audio: Audio) -> Turn:
    assert isinstance(turn, Turn), f"{turn!r} is no Turn"
    assert turn.speaker, f"{turn} has no speaker"
    lies_in(turn, audio)
    return turn
