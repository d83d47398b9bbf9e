"""The toys themselves: one engine of each kind, no weights, no network, the same answer each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..engines import AsrOptions, Context
from ..errors import ConfigError
from ..params import Params, nearest
from ..types import (
    Audio,
    Diarization,
    Segment,
    SegmentUpdate,
    Span,
    SynthesisChunk,
    Transcript,
    Turn,
    TurnUpdate,
    Voice,
    Word,
)
from .cards import ShoutParams

RATE = 16_000
PITCHES = {None: 440, "low": 440, "high": 880}
"""What the toy synthesizer's voices sound like, in Hz."""


class Toy:
    """What all toys have in common: nothing to load."""

    def __init__(self, params: Params, context: Context) -> None:
        self.params = params


class Counter(Toy):
    """A recognizer that tells how long it listened."""

    def transcribe(self, audio: Audio, options: AsrOptions) -> Iterator[Segment]:
        yield counted(audio, options.language or "en")


class Abroad(Toy):
    """A speech translator that tells how long it listened."""

    def translate_speech(self, audio: Audio, target: str, options: Params) -> Iterator[Segment]:
        yield counted(audio, target)


class Shout(Toy):
    """A translator that puts the language before the text."""

    params: ShoutParams

    def translate(self, texts: Sequence[str], source: str | None, target: str, options: Params) -> list[str]:
        return [f"[{target}] {text}{'!' * self.params.marks}" for text in texts]


class Capitals(Toy):
    """A text processor."""

    def process(self, texts: Sequence[str], languages: Sequence[str | None], options: Params) -> list[str]:
        return [text.upper() for text in texts]


class Even(Toy):
    """An aligner that knows nothing of the sound."""

    def align(self, audio: Audio, transcript: Transcript, options: Params) -> Transcript:
        return Transcript(tuple(evenly(segment) for segment in transcript), transcript.language)


class Alternate(Toy):
    """A diarizer that hands the word over each second."""

    def diarize(self, audio: Audio, options: Params) -> Diarization:
        seconds = range(int(audio.duration) + 1)
        starts = [(audio.start + s, min(audio.start + s + 1, audio.end), "AB"[s % 2]) for s in seconds]
        return Diarization(tuple(Turn(start, end, speaker=who) for start, end, who in starts if end > start))

    def open(self, options: Params) -> AlternateSession:
        return AlternateSession()


class AlternateSession:
    """Tells of each second's turn once the second is over."""

    def __init__(self) -> None:
        self._told: float | None = None
        self._end = 0.0

    def feed(self, audio: Audio) -> Iterator[TurnUpdate]:
        self._told = audio.start if self._told is None else self._told
        self._end = audio.end
        while self._end - self._told >= 1.0:
            yield from self._turn(self._told + 1.0)

    def flush(self) -> Iterator[TurnUpdate]:
        if self._told is not None and self._end > self._told:
            yield from self._turn(self._end)

    def _turn(self, end: float) -> Iterator[TurnUpdate]:
        assert self._told is not None
        second = round(self._told)
        yield TurnUpdate(turn=Turn(self._told, end, speaker="AB"[second % 2], id=f"t{second}"))
        self._told = end


class Hush(Toy):
    """A denoiser that halves the sound."""

    def open(self, options: Params) -> HushSession:
        return HushSession()


class HushSession:
    def feed(self, audio: Audio) -> Iterator[Audio]:
        yield Audio(audio.samples * 0.5, audio.sample_rate, audio.start)

    def flush(self) -> Iterator[Audio]:
        yield from ()


class Beeper(Toy):
    """A synthesizer that beeps once for each word."""

    def voices(self) -> Sequence[Voice]:
        return (Voice("low", "Low", engine="toy"), Voice("high", "High", engine="toy"))

    def synthesize(self, text: str, voice: str | None, options: Params) -> Iterator[Audio]:
        if voice not in PITCHES:
            raise ConfigError(f"tts/toy has no voice {voice!r}", hint=nearest(voice, filter(None, PITCHES), "it has"))
        pitch = PITCHES[voice]
        beep = 0.2 * np.sin(2 * np.pi * pitch * np.arange(RATE // 10) / RATE)
        for number, _ in enumerate(text.split()):
            yield Audio(beep.astype(np.float32), RATE, number * 0.1)


class Flip(Toy):
    """A voice converter that turns the sound upside down, which nobody hears."""

    def convert(self, audio: Audio, voice: str, options: Params) -> Iterator[Audio]:
        yield Audio(-audio.samples, audio.sample_rate, audio.start)


class Echo(Toy):
    """An interpreter that repeats each second, and says so."""

    def interpret(self, target: str, options: Params) -> EchoSession:
        return EchoSession(target)


class EchoSession:
    def __init__(self, target: str) -> None:
        self._target = target
        self._held: list[Audio] = []

    def feed(self, audio: Audio) -> Iterator[SegmentUpdate | SynthesisChunk]:
        self._held.append(audio)
        if sum(part.duration for part in self._held) >= 1.0:
            yield from self.flush()

    def flush(self) -> Iterable[SegmentUpdate | SynthesisChunk]:
        if self._held:
            audio = Audio.join(self._held)
            self._held = []
            segment = replace(counted(audio, self._target), id=f"e{round(audio.start * 1000):08d}")
            yield SegmentUpdate(segment=segment, target=self._target)
            yield SynthesisChunk(audio=audio, segment_id=segment.id)


def counted(audio: Audio, language: str) -> Segment:
    """A segment over the whole sound that tells its length."""
    return evenly(Segment(audio.start, audio.end, text=f"{audio.duration:.1f} seconds of sound", language=language))


def evenly(segment: Segment) -> Segment:
    """The segment with word times that share its time evenly."""
    texts = segment.text.split()
    step = segment.duration / max(1, len(texts))
    spans = [Span(segment.start + i * step, segment.start + (i + 1) * step) for i in range(len(texts))]
    return replace(segment, words=tuple(Word(s.start, s.end, text=t) for s, t in zip(spans, texts, strict=True)))
