"""An hour of speech through live sessions on a simulated clock: nothing lost, nothing late, nothing kept."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speechlab import (
    AsrOptions,
    Audio,
    EngineSpec,
    Kind,
    Lab,
    Params,
    Recording,
    Segment,
    SegmentUpdate,
    Word,
    hookimpl,
)
from speechlab.engines import Context
from speechlab.live.bench import recognizer
from speechlab.live.latency import latency
from speechlab.live.replay import Told, chunks, simulated
from speechlab.matching import spoken, word_errors
from speechlab.testing import speech

RATE, HOP = 16_000, 80
MINUTES = 60
CHUNK = 0.2
SLOW = 0.15
"""Seconds that each piece of work takes on the simulated clock."""
LATE = 1.0
"""Seconds after the end of speech by which its text must be final."""
QUIET, PAUSE = 0.002, 0.4
"""Sound that stays below this for so many seconds is a pause."""
DETECTOR = {"use": "vad/energy", "threshold": 0.005, "min_speech_duration_ms": 60}
GROWTH = 20_000_000
"""Bytes that may be more after an hour than after ten minutes: the text. Fifty minutes of sound are 190 million."""


def envelope(samples: np.ndarray) -> np.ndarray:
    """Loudness of each frame of 5 ms."""
    count = len(samples) // HOP
    return np.abs(samples[: count * HOP].reshape(count, HOP)).mean(axis=1).astype(np.float64)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the kit's speech, that is found again where its very sound is."""

    text: str
    samples: np.ndarray
    shape: np.ndarray

    def found(self, sound: np.ndarray) -> Iterator[tuple[int, int, int]]:
        """Where it begins in the sound, in frames, and from which of its own frames until which the sound holds it."""
        length = len(self.shape)
        both = np.correlate(sound, self.shape, "full")
        mine, its = (np.concatenate([[0.0], np.cumsum(one**2)]) for one in (self.shape, sound))
        lags = np.arange(len(both)) - length + 1
        first, last = np.maximum(0, -lags), np.minimum(length, len(sound) - lags)
        energy = mine[last] - mine[first]
        apart = energy + its[lags + last] - its[lags + first] - 2 * both
        for place in np.flatnonzero((apart < 1e-3 * energy) & (energy > 0.05 * mine[-1])):
            yield int(lags[place]), int(first[place]), int(last[place])


def sentences() -> list[Sentence]:
    spoken_audio = speech()
    found = []
    for segment in spoken_audio.transcript:
        first = round(segment.start * RATE) // HOP * HOP
        samples = spoken_audio.audio.mono[first : first + round(segment.duration * RATE) // HOP * HOP]
        found.append(Sentence(segment.text, samples, envelope(samples)))
    return found


SENTENCES = sentences()


def heard(audio: Audio) -> Iterator[Segment]:
    """The sentences in a stretch of sound: of each the words whose sound is there, unspoilt."""
    origin = round(audio.start * RATE)
    skipped = -origin % HOP
    shape = envelope(audio.mono[skipped:])
    begin = (origin + skipped) / RATE
    found = []
    for sentence in SENTENCES:
        texts = sentence.text.split()
        step = len(sentence.shape) / len(texts)
        for lag, first, last in sentence.found(shape):
            at = begin + lag * HOP / RATE
            words = tuple(
                Word(at + n * step * HOP / RATE, at + (n + 1) * step * HOP / RATE, text=text)
                for n, text in enumerate(texts)
                if first <= (n + 0.5) * step <= last
            )
            if words:
                text = " ".join(word.text for word in words)
                found.append(Segment(words[0].start, words[-1].end, text=text, language="en", words=words))
    return iter(sorted(found))


class Again:
    """A recognizer that cannot stream."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        return heard(audio)


class Native(Again):
    """The same, that streams too."""

    frames = 0

    def open(self, options: AsrOptions) -> NativeSession:
        return NativeSession(self)


class NativeSession:
    """Settles what was said once the sound was quiet for a while."""

    def __init__(self, engine: Native) -> None:
        self._engine = engine
        self._parts: list[Audio] = []
        self._quiet = 0.0

    def feed(self, audio: Audio) -> list[SegmentUpdate]:
        self._engine.frames += audio.frames
        self._parts.append(audio)
        self._quiet = self._quiet + audio.duration if np.abs(audio.mono).max() < QUIET else 0.0
        if self._quiet < PAUSE:
            return [replace(update, final=False) for update in self._updates()]
        updates = self._updates()
        self._parts = self._parts[-1:]  # a sentence may begin in it
        return updates

    def flush(self) -> list[SegmentUpdate]:
        return self._updates()

    def _updates(self) -> list[SegmentUpdate]:
        found = heard(Audio.join(self._parts))
        return [SegmentUpdate(segment=replace(segment, id=f"{segment.start:.2f}")) for segment in found]


class Plugin:
    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(EngineSpec(id="again", kind=Kind.ASR, load=Again, options=AsrOptions))
        register(EngineSpec(id="native", kind=Kind.ASR, load=Native, options=AsrOptions))


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """A recording of an hour, and its sentences."""
    path, said, chance = tmp_path_factory.mktemp("soak") / "hour.wav", [""], random.Random(0)
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        while file.frames < MINUTES * 60 * RATE:
            # The guard takes what is said three times in a row for a loop.
            sentence = chance.choice([sentence for sentence in SENTENCES if sentence.text != said[-1]])
            hush = np.zeros(chance.randrange(round(0.8 * RATE), 4 * RATE, HOP), np.float32)
            file.write(np.concatenate([hush, sentence.samples]))
            said.append(sentence.text)
        file.write(np.zeros(RATE, np.float32))
    yield path, said[1:]
    path.unlink()


def late(told: list[Told], start: float, end: float) -> float:
    """The longest that anybody waited for final text after the end of speech was told, between two times."""
    return max(latency([one for one in told if start <= one.at < end], ()).final)


@pytest.mark.parametrize("engine", ["again", "native"])
def test_an_hour(engine: str, hour: tuple[Path, list[str]], tmp_path: Path) -> None:
    path, said = hour
    lab = Lab(Plugin(), discover=False, home=tmp_path)
    pipeline = lab.pipeline({"stage": [DETECTOR, {"use": f"asr/{engine}"}]})
    told: list[Told] = []
    early = 0
    for one in simulated(lab, pipeline, chunks(path, CHUNK), workers=1, cost=slow):
        if not isinstance(one.event, SegmentUpdate) or one.event.final:
            told.append(one)
        if not early and one.at > 600:
            early = resident()
    assert resident() - early < GROWTH, "memory grows"

    recording = Recording.of(one.event for one in told)
    assert [segment.text for segment in recording.transcript.spoken] == said, "something is lost, or told twice"
    assert not recording.tentative
    assert late(told, 3000, 3600) <= late(told, 0, 600) + 0.1 < LATE, "it lags behind"
    batch = lab.run(pipeline, path).transcript.text
    assert word_errors(spoken(batch), spoken(recording.transcript.text)) <= 0.02 * len(spoken(batch))
    if engine == "native":
        with lab.pool.lease((step := recognizer(pipeline)).spec, step.params) as loaded:
            assert loaded.engine.frames == soundfile.info(path).frames, "sound is lost"


def slow(work: Callable[[], None]) -> float:
    work()
    return SLOW


def resident() -> int:
    """Bytes of memory that the process holds now; 0 where the system does not tell."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
