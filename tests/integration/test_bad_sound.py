"""Recordings that nobody would want, through every engine for sound that is installed: a clear result, or one clear
sentence; never a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from speechlab import (
    Audio,
    AudioChunk,
    AudioError,
    Event,
    HeardChunk,
    Kind,
    Lab,
    Policy,
    Recording,
    Samples,
    SpeechEnded,
    SpeechStarted,
    Turn,
)
from speechlab.cli.app import speechlab
from speechlab.media import fit
from speechlab.preferred import TOY
from speechlab.testing import music, no_sockets, noise, silence, speech

RATE = 16_000
SECONDS = 3.0
"""Of most sounds: denoisers are slow."""


@cache
def said(language: str = "en") -> Samples:
    """One person, who begins at once."""
    return speech(language).audio.mono[RATE // 2 : round((0.5 + SECONDS) * RATE)]


def crowd(count: int = 20) -> Samples:
    """So many people, one after the other: two voices at ten pitches each."""
    parts = []
    for number in range(count):
        sentence = said(("en", "es")[number % 2])[: 2 * RATE]
        times = np.arange(0, len(sentence) - 1, 0.7 + 0.03 * number)
        parts.append(np.interp(times, np.arange(len(sentence)), sentence).astype(np.float32))
    return np.concatenate(parts)


def holed(value: float) -> Samples:
    """Speech in which some samples, and one stretch, are no numbers."""
    sound = said().copy()
    sound[::997] = value
    sound[RATE : RATE * 3 // 2] = value
    return sound


EMPTY = {
    "nothing at all": lambda: Audio(np.zeros((1, 0)), RATE),
    "one sample": lambda: Audio(np.ones(1), RATE),
    "silence": lambda: silence(SECONDS),
    "too soft for anybody": lambda: Audio(1e-12 * said(), RATE),
    "nothing but an offset": lambda: Audio(np.full(round(SECONDS * RATE), 0.7), RATE),
    "nothing but NaN": lambda: Audio(np.full(round(SECONDS * RATE), np.nan), RATE),
}
"""Nobody speaks, and a trained network hears nobody."""
BAD: dict[str, Callable[[], Audio]] = {
    **EMPTY,
    "half a second": lambda: Audio(said()[: RATE // 2], RATE),
    "noise alone": lambda: noise(SECONDS, level=0.2),
    "music alone": lambda: music(SECONDS),
    "a telephone": lambda: fit(Audio(said(), RATE), 8_000),
    "a thousand samples a second": lambda: Audio(said()[::16], 1_000),
    "192 thousand samples a second": lambda: Audio(np.repeat(said(), 12), 192_000),
    "overdriven": lambda: Audio(np.clip(50 * said(), -1, 1), RATE),
    "beyond full scale": lambda: Audio(20 * said(), RATE),
    "a constant offset": lambda: Audio(said() + 0.5, RATE),
    "some NaN": lambda: Audio(holed(np.nan), RATE),
    "infinite": lambda: Audio(holed(-np.inf), RATE),
    "two equal channels": lambda: Audio(np.stack([said(), said()]), RATE),
    "one channel is silent": lambda: Audio(np.stack([said(), np.zeros_like(said())]), RATE),
}
SPOKEN = ("overdriven", "beyond full scale", "a constant offset", "some NaN", "infinite", "two equal channels")
"""Of these, speech is found all the same."""


def engines(kind: Kind) -> list[str]:
    """Those that are installed and compute here."""
    return [spec.id for spec in Lab().engines(kind) if spec.local and not spec.missing() and TOY not in spec.features]


bad = pytest.mark.parametrize("name", BAD)
denoisers = pytest.mark.parametrize("engine", engines(Kind.DENOISE))
preparers = pytest.mark.parametrize("engine", engines(Kind.PREPARE))
detectors = pytest.mark.parametrize("engine", engines(Kind.VAD))
diarizers = pytest.mark.parametrize("engine", engines(Kind.DIARIZE))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One that reaches nobody."""
    one = Lab(home=tmp_path_factory.mktemp("home"), policy=Policy(local_only=True, download=False))
    with no_sockets():
        yield one
    one.close()


def live(lab: Lab, use: str, sound: Audio) -> list[Event]:
    """What is told while it comes, in chunks that suit nobody."""
    return list(lab.stream({"stage": [{"use": use}]}, sound.chunks(0.37)))


def spans(events: list[Event], sound: Audio) -> int:
    """How many stretches of speech, each inside the sound."""
    edges = [event for event in events if isinstance(event, SpeechStarted | SpeechEnded)]
    assert [type(edge) for edge in edges] == [SpeechStarted, SpeechEnded] * (len(edges) // 2)
    times = [sound.start, *(edge.at for edge in edges), sound.end + 1e-3]
    assert times == sorted(times)
    return len(edges) // 2


def turns(recording: Recording, sound: Audio) -> list[Turn]:
    """Who speaks, each turn inside the sound."""
    found = [turn for turn in recording.diarization if turn]
    assert all(sound.start <= turn.start < turn.end <= sound.end + 1e-3 for turn in found)
    return found


@bad
@denoisers
def test_denoisers_give_back_as_much_sound_in_numbers(lab: Lab, engine: str, name: str) -> None:
    sound = BAD[name]()
    cleaned = lab.denoise(sound, engine)
    assert (cleaned.samples.shape, cleaned.sample_rate) == (sound.samples.shape, sound.sample_rate)
    assert np.abs(cleaned.samples).max(initial=0) < 2  # so written, it finds NaN too


@denoisers
def test_denoisers_live(lab: Lab, engine: str) -> None:
    """All of it one after the other, since a stream does not begin anew after something bad."""
    sound = Audio(np.concatenate([make().mono for make in BAD.values() if make().sample_rate == RATE]), RATE)
    heard = [event.audio for event in live(lab, f"denoise/{engine}", sound) if isinstance(event, HeardChunk)]
    assert sum(part.duration for part in heard) == pytest.approx(sound.duration, abs=0.01)
    assert all(np.isfinite(part.samples).all() for part in heard)
    for one, other in pairwise(heard):
        assert one.end == pytest.approx(other.start, abs=1e-3)


@bad
@preparers
def test_preparers_give_back_sound_in_numbers(lab: Lab, engine: str, name: str) -> None:
    sound, use = BAD[name](), f"prepare/{engine}"
    prepared = Audio.join(lab.sound({"stage": [{"use": use}]}, sound))
    assert prepared.duration <= sound.duration + 1e-3
    assert sound.start - 1e-3 <= prepared.start <= prepared.end <= sound.end + 1e-3
    assert np.abs(prepared.samples).max(initial=0) <= 1.001  # so written, it finds NaN too
    heard = [event.audio for event in live(lab, use, sound) if isinstance(event, AudioChunk)]
    assert all(np.abs(part.samples).max(initial=0) <= 1.001 for part in heard)


@bad
def test_a_sound_check_says_what_is_wrong(lab: Lab, name: str) -> None:
    """Where nobody speaks, there is a warning; what is fine is not warned of."""
    warned = {advice.topic for advice in lab.soundcheck(BAD[name]()).advice if advice.severity == "warning"}
    assert bool(warned) or name not in (*EMPTY, "noise alone", "overdriven", "some NaN", "infinite")
    assert not warned or name not in ("a telephone", "two equal channels", "half a second")


@bad
@detectors
def test_detectors_tell_stretches_inside_the_sound(lab: Lab, engine: str, name: str) -> None:
    sound = BAD[name]()
    use = f"vad/{engine}"
    for events in (list(lab.open({"stage": [{"use": use}]}, sound)), live(lab, use, sound)):
        found = spans(events, sound)
        if engine != "energy":  # which takes anything loud for speech
            assert not (found and name in EMPTY)
        assert found or name not in SPOKEN


@bad
@diarizers
def test_diarizers_tell_turns_inside_the_sound(lab: Lab, engine: str, name: str) -> None:
    sound = BAD[name]()
    found = turns(lab.run({"stage": [{"use": f"diarize/{engine}"}]}, sound), sound)
    assert not (found and name in EMPTY)
    assert len({turn.speaker for turn in found}) == (1 if name in SPOKEN else len({turn.speaker for turn in found}))


@diarizers
def test_diarizers_live(lab: Lab, engine: str) -> None:
    sound = Audio(np.concatenate([make().mono for make in BAD.values() if make().sample_rate == RATE]), RATE)
    assert turns(Recording.of(live(lab, f"diarize/{engine}", sound)), sound)


@diarizers
def test_twenty_speakers(lab: Lab, engine: str) -> None:
    """How many people two voices at ten pitches are is anybody's guess; but there are several."""
    sound = Audio(crowd(), RATE)
    diarization = lab.diarize(sound, engine)
    assert 2 <= len(diarization.speakers) <= 20


@bad
def test_all_of_it_together(lab: Lab, name: str) -> None:
    """Cleaned, recognised, and told who speaks."""
    stages = [{"use": "denoise/webrtc"}, {"use": "asr/whisper", "language": "en"}, {"use": "diarize/diarize"}]
    recording = lab.run({"stage": stages}, BAD[name]())
    assert bool(recording.transcript.spoken) == bool(recording.transcript.text)
    if name in EMPTY or name in ("noise alone", "music alone"):
        assert recording.transcript.text == ""
    if name in SPOKEN:
        assert recording.transcript.text


# -- from files --------------------------------------------------------------------------------------------------------


def written(folder: Path) -> list[Path]:
    """A file for each sound, which holds the samples as they are; and three that are no recordings."""
    files = []
    for number, (name, make) in enumerate(BAD.items()):
        sound, path = make(), folder / f"{number:02d} {name}.wav"
        soundfile.write(path, sound.samples.T, sound.sample_rate, subtype="FLOAT")
        files.append(path)
    whole = files[-1].read_bytes()
    for name, content in {
        "empty": b"",
        "text": b"Nobody speaks here.\n" * 99,
        "cut off": whole[: len(whole) // 3],
    }.items():
        (path := folder / f"{name}.wav").write_bytes(content)
        files.append(path)
    return files


@pytest.mark.parametrize(
    "command",
    [["denoise", "--engine", "webrtc"], ["diarize"], ["transcribe", "--vad", "energy", "--engine", "whisper"]],
    ids=["denoise", "diarize", "transcribe"],
)
def test_a_folder_of_them_on_the_command_line(tmp_path: Path, command: list[str]) -> None:
    """What cannot be read is told, each in a sentence; the rest is done."""
    (folder := tmp_path / "bad").mkdir()
    files = written(folder)
    done = CliRunner().invoke(speechlab, [*command, str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    for lost in ("empty.wav", "text.wav", "nothing at all.wav"):
        assert lost in done.output
    assert len(list((tmp_path / "out").rglob("*.*"))) == len(files) - 3


@pytest.mark.parametrize("format", ["wav", "flac", "mp3"])
def test_silence_of_which_nothing_is_left(tmp_path: Path, format: str) -> None:
    """It is told, rather than written as a file that holds nothing."""
    for name in ("silence", "music alone"):
        soundfile.write(tmp_path / f"{name}.wav", BAD[name]().mono, RATE)
    files = [str(tmp_path / f"{name}.wav") for name in ("silence", "music alone")]
    command = ["denoise", *files, "--engine", "webrtc", "--trim", "--format", format, "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(speechlab, command)
    assert done.exit_code == 1, done.output
    assert "nothing is left of it: all of it is silence" in done.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"music alone.{format}"]


def test_whole_numbers_that_nobody_has_scaled(lab: Lab) -> None:
    with pytest.raises(AudioError, match=r"the samples go up to 3\d+, where full scale is 1") as caught:
        lab.diarize(Audio(32768 * said() / np.abs(said()).max(), RATE))
    assert "divide samples of 16 bits by 32768" in caught.value.hint


def test_one_glitch_is_no_scale(lab: Lab) -> None:
    glitch = said().copy()
    glitch[RATE] = 1e9
    assert len(lab.diarize(Audio(glitch, RATE)).speakers) == 1
