"""Listen to a recording once, in memory that hardly grows with its length, and tell what it is like."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..closing import closes
from ..engines import Session
from ..media import Resampler
from ..source import Source
from ..types import Audio, Samples, Span, SpeechEnded, SpeechStarted
from . import noise
from .advice import advise
from .bandwidth import Bands
from .channels import Relation
from .level import Levels
from .loudness import Loudness
from .result import Level, SoundCheck
from .silence import silence_of, spoken

Detect = Callable[[], Session[Audio, SpeechStarted | SpeechEnded]]
"""Opens a session of a speech detector that hears 16 kHz, mono."""
LOUDEST = 1000.0
"""No sound is louder; a sample beyond is as broken as one that is no number."""


def check(source: Source, detect: Detect | None = None, detector: str = "loudness") -> SoundCheck:
    """What a recording is like. ``detect`` tells speech from noise better than its loudness does; ``detector`` is its
    name. Raises AudioError."""
    heard: _Heard | None = None
    chunks = source.untouched()
    with closes(chunks):
        for audio in chunks:
            heard = heard or _Heard(audio, detect)
            heard.feed(audio)
    heard = heard or _Heard(Audio(np.zeros((source.channels, 0), np.float32), source.sample_rate, source.start), detect)
    return heard.found(detector if detect else "loudness")


class _Heard:
    """All meters at one recording."""

    def __init__(self, first: Audio, detect: Detect | None) -> None:
        self._rate, self._start = first.sample_rate, first.start
        self._invalid = 0
        self._levels = Levels(first.sample_rate, first.channels)
        self._loudness = Loudness(first.sample_rate, first.channels)
        self._bands = Bands(first.sample_rate)
        self._relation = Relation(first.sample_rate, first.channels)
        self._frames = noise.Frames()
        self._resampler = Resampler(noise.RATE)
        self._session = detect() if detect else None
        self._edges: list[float] = []

    def feed(self, audio: Audio) -> None:
        samples, invalid = _finite(audio.samples)
        self._invalid += invalid
        self._levels.feed(samples)
        self._loudness.feed(samples)
        self._relation.feed(samples)
        mono = Audio(samples, audio.sample_rate, audio.start - self._start).mono
        self._bands.feed(mono)
        for part in self._resampler.feed(Audio(mono, audio.sample_rate, audio.start - self._start)):
            self._hear(part)

    def _hear(self, audio: Audio) -> None:
        self._frames.feed(audio.mono)
        if self._session:
            self._edges += [event.at for event in self._session.feed(audio)]

    def found(self, detector: str) -> SoundCheck:
        """What is known now that the sound is over."""
        for part in self._resampler.flush():
            self._hear(part)
        if self._session:
            self._edges += [event.at for event in self._session.flush()]
        duration = self._levels.frames / self._rate
        speech = list(self._spans()) if self._session else spoken(self._frames.voice)
        found = SoundCheck(
            duration=duration,
            sample_rate=self._rate,
            level=Level(
                peak_db=_decibels(self._levels.peak**2),
                rms_db=_decibels(self._levels.power),
                loudness=_rounded(self._loudness.integrated()),
                offset=round(self._levels.offset, 5),
                invalid=self._invalid,
            ),
            clipping=self._levels.clipping(),
            noise=self._frames.noise(speech),
            band=self._bands.band(),
            channels=self._relation.channels(),
            silence=silence_of(speech, duration, self._start, detector),
        )
        return advise(found)

    def _spans(self) -> Iterator[Span]:
        for start, end in zip(self._edges[::2], self._edges[1::2], strict=True):
            yield Span(start, max(start, end))


def _finite(samples: Samples) -> tuple[Samples, int]:
    """The samples with silence where there was no number, and how often that was so."""
    sound = np.abs(samples) <= LOUDEST  # so written, it finds NaN too
    if sound.all():
        return samples, 0
    return np.where(sound, samples, np.float32(0)), int(np.count_nonzero(~sound))


def _decibels(power: float) -> float | None:
    return round(10 * float(np.log10(power)), 1) if power > 0 else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
