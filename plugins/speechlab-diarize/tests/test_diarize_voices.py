"""The diarizer knows voices again: in another recording, on a telephone, while somebody still speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from speechlab_diarize import DiarizeParams, EmbeddedOptions
from speechlab_diarize.engine import Diarize

from speechlab import Audio, AudioError, Context, Lab, Recording, SpeakerEmbedder, VoicedSession
from speechlab.testing.speech import speech

RATE = 16_000
EN, ES = speech("en"), speech("es")
OPTIONS = EmbeddedOptions()


@pytest.fixture(scope="module")
def diarize(tmp_path_factory: pytest.TempPathFactory) -> Diarize:
    return Diarize(DiarizeParams(), Context(home=tmp_path_factory.mktemp("home"), download=False))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One in which she who speaks Spanish is enrolled, from her own clip."""
    with Lab(home=tmp_path_factory.mktemp("enrolled")) as made:
        made.voices.enrol("Inés", ES.audio, consent="a synthetic voice, which needs none")
        yield made


def telephone(audio: Audio) -> Audio:
    spectrum = np.fft.rfft(audio.mono)
    hertz = np.fft.rfftfreq(audio.frames, 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    return Audio(np.fft.irfft(spectrum, audio.frames), RATE)


def test_a_voice_is_itself_whatever_it_says_and_another_is_not(diarize: Diarize) -> None:
    first, second, other = (
        diarize.embed(audio, OPTIONS) for audio in (EN.audio.crop(0, 5), EN.audio.crop(5, 10), ES.audio)
    )
    assert float(first @ second) > 0.6
    assert float(first @ other) < 0.4


def test_a_session_tells_the_voices_of_its_speakers(diarize: Diarize) -> None:
    session = diarize.open(OPTIONS)
    assert isinstance(diarize, SpeakerEmbedder)
    assert isinstance(session, VoicedSession)
    assert session.voices() == {}
    session.feed(Audio(np.concatenate([EN.audio.mono, ES.audio.mono]), RATE))
    labels = {update.turn.speaker for update in session.flush() if update.turn}
    voices = session.voices()
    assert set(voices) == labels == {"Speaker 1", "Speaker 2"}
    alone = diarize.embed(ES.audio, OPTIONS)
    assert float(voices["Speaker 2"] @ alone) > 0.8
    assert float(voices["Speaker 1"] @ alone) < 0.4
    assert all(abs(float(np.linalg.norm(voice)) - 1) < 1e-3 for voice in voices.values())


def test_nobodys_voice_has_no_length(diarize: Diarize) -> None:
    assert not diarize.embed(Audio(np.zeros(3 * RATE, np.float32), RATE), OPTIONS).any()


def test_who_is_enrolled_is_named_in_another_recording(lab: Lab) -> None:
    told = lab.diarize(Audio(np.concatenate([EN.audio.mono, ES.audio.mono]), RATE))
    assert told.speakers == ("Speaker 1", "Inés")
    assert all((turn.similarity is not None) == (turn.speaker == "Inés") for turn in told)


def test_a_voice_is_itself_on_a_telephone_too(diarize: Diarize) -> None:
    called = diarize.embed(telephone(EN.audio), OPTIONS)
    assert float(called @ diarize.embed(EN.audio, OPTIONS)) > 0.5
    assert float(called @ diarize.embed(ES.audio, OPTIONS)) < 0.2


def test_live_she_is_named_before_the_end_and_in_the_end_as_in_batch(lab: Lab) -> None:
    talk = Audio(np.concatenate([EN.audio.mono, ES.audio.mono]), RATE)
    pipeline = {"stage": [{"use": "diarize/diarize", "update_seconds": 2.0}]}
    events = list(lab.stream(pipeline, talk.chunks(0.5)))
    named = [number for number, event in enumerate(events) if getattr(getattr(event, "turn", None), "similarity", None)]
    sound = [number for number, event in enumerate(events) if type(event).__name__ == "AudioChunk"]
    assert named[0] < sound[-1]
    batch = lab.diarize(talk)
    live = Recording.of(events).diarization
    assert [(turn.start, turn.end, turn.speaker) for turn in live] == [(t.start, t.end, t.speaker) for t in batch]
    assert [turn.similarity for turn in live] == [pytest.approx(turn.similarity, abs=0.01) for turn in batch]


def test_a_clip_of_two_people_enrols_nobody(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="2 people are heard"):
        lab.voices.enrol("Both", Audio(np.concatenate([EN.audio.mono, ES.audio.mono]), RATE), consent="none")
