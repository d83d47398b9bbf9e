"""The default pipeline on real sound: the words that were said, and none where nobody spoke; all without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from speechlab import Audio, Lab, Policy, Recording
from speechlab.media import write
from speechlab.testing import music, no_sockets, noise, silence, speech, tone, words


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab with its default engines, that may download nothing and reaches nobody."""
    one = Lab(home=tmp_path_factory.mktemp("home"), policy=Policy(local_only=True, download=False))
    with no_sockets():
        yield one
    one.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_said_is_written_down(lab: Lab, language: str) -> None:
    said = speech(language)
    recording = lab.transcribe(said.path)
    assert words(recording.transcript.text) == words(said.text)
    assert recording.transcript.language == language
    for segment in recording.transcript:
        assert segment.words
    heard = [word for segment in recording.transcript for word in segment.words]
    for sentence in said.transcript:
        first = min(heard, key=lambda word: abs(word.start - sentence.start))
        assert abs(first.start - sentence.start) < 0.4


@pytest.mark.parametrize(
    "sound",
    [silence(20), noise(20, level=0.05), noise(20, level=0.4), music(20), tone(20)],
    ids=["silence", "noise", "loud noise", "music", "a tone"],
)
def test_nobody_speaks_and_nothing_is_written(lab: Lab, sound: Audio) -> None:
    assert lab.transcribe(sound).transcript.text == ""


def test_speech_between_long_silences_keeps_its_time(lab: Lab) -> None:
    hush = np.zeros(45 * 16_000, np.float32)
    sound = Audio(np.concatenate([hush, speech("en").audio.mono, hush]), 16_000)
    transcript = lab.transcribe(sound).transcript
    assert words(transcript.text) == words(speech("en").text)
    assert transcript.segments[0].start == pytest.approx(45.5, abs=0.4)


def test_two_channels_are_two_speakers(lab: Lab, tmp_path: Path) -> None:
    said = speech("en").audio.mono
    later = np.concatenate([np.zeros(13 * 16_000, np.float32), said])
    stereo = np.stack([np.pad(said, (0, len(later) - len(said))), later])
    path = write(Audio(stereo, 16_000), tmp_path / "call.wav") or tmp_path / "call.wav"
    transcript = lab.transcribe(path, channel="each").transcript
    for speaker in ("Channel 1", "Channel 2"):
        told = " ".join(segment.text for segment in transcript if segment.speaker == speaker)
        assert words(told) == words(speech("en").text)


def test_a_resumed_run_says_the_same(lab: Lab) -> None:
    sound = Audio(np.tile(speech("en").audio.mono, 3), 16_000)

    def pieces(**how: bool) -> Recording:
        run = lab.open(lab.transcription("whisper"), sound, **how)
        run.piece_seconds = (8.0, 14.0)
        return Recording.of(run)

    whole = pieces()
    run = lab.open(lab.transcription("whisper"), sound)
    run.piece_seconds = (8.0, 14.0)
    events = iter(run)
    while run.trace.pieces < 2:
        next(events)
    events.close()
    assert pieces(resume=True) == whole


def test_the_result_is_readable_by_tools_made_for_openai_whisper(lab: Lab) -> None:
    told = json.loads(lab.render(lab.transcribe(speech("en").path), "json"))
    assert {"text", "segments", "language"} <= set(told)
    assert all({"id", "start", "end", "text", "words"} <= set(segment) for segment in told["segments"])
