"""Where the sound of a run comes from: a file, an upload, or an array; told in one way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from . import media
from .closing import closes
from .errors import AudioError
from .given import fits, shown
from .types import Audio, AudioChunk, Event, Samples

Sound = str | Path | BinaryIO | Audio
"""What a face may hand to the lab."""
Channel = int | Literal["all"] | None
"""One channel, counted from 0; all of them; or, where it is None, all mixed down to one."""
CHUNK = 10.0
"""Seconds of sound in a chunk: detectors work in large batches, and memory stays flat."""
CLIP = 600.0
"""Seconds of a clip of somebody's voice, which is held in memory."""
SCALE = 100.0
"""No sound is so far beyond full scale, but whole numbers are."""


@dataclass(frozen=True)
class Source:
    """One recording, readable again and again."""

    sound: Sound

    def __post_init__(self) -> None:
        """Raises AudioError for what is no sound at all."""
        if not fits(self.sound, Sound):
            raise AudioError(
                f"{shown(self.sound)} is no sound",
                hint="give a path, a file that is open for reading in binary, or an Audio(samples, sample_rate)",
            )

    @cached_property
    def digest(self) -> str:
        """What tells this recording from any other: the sha256 of the file, or of the samples and where they begin."""
        if isinstance(self.sound, Audio):
            return f"{self.sound.digest}-{self.sound.start:g}" if self.sound.start else self.sound.digest
        return media.digest(self._file)

    @property
    def duration(self) -> float | None:
        """Its length in seconds, None where the file does not tell."""
        return self._told[0]

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return self._told[1]

    @property
    def sample_rate(self) -> int:
        """Its own rate in Hz."""
        return self._told[2]

    @cached_property
    def _told(self) -> tuple[float | None, int, int]:
        """Looked up once, before the recording is read: an open file has but one position."""
        if isinstance(self.sound, Audio):
            return self.sound.duration, self.sound.channels, self.sound.sample_rate
        info = media.probe(self._file)
        return info.duration, info.channels, info.sample_rate

    @property
    def start(self) -> float:
        """Where on its timeline it begins, in seconds; a file begins at 0."""
        return self.sound.start if isinstance(self.sound, Audio) else 0.0

    def events(self, sample_rate: int, channel: Channel = None) -> Iterator[Event]:
        """The sound in chunks: mixed down to one channel, one channel alone, or ``"all"`` of them together."""
        chunks = (
            self._array(sample_rate, channel) if isinstance(self.sound, Audio) else self._read(sample_rate, channel)
        )
        with closes(chunks):
            for audio in chunks:
                yield AudioChunk(audio)

    def untouched(self) -> Iterator[Audio]:
        """The sound as it was recorded, damage and all: at its own rate, all channels, nothing repaired or cut off."""
        if isinstance(self.sound, Audio):
            return self.sound.chunks(CHUNK)
        return media.read(self._file, seconds=CHUNK, repaired=False)

    def clip(self) -> Audio:
        """A clip of somebody's voice: all of it, mixed down, from 0 on. Raises AudioError where it is longer than ten
        minutes, or holds nothing."""
        parts: list[Audio] = []
        with closes(events := self.events(self.sample_rate)):
            for event in events:
                assert isinstance(event, AudioChunk)
                parts.append(event.audio)
                if event.audio.end - parts[0].start > CLIP:
                    raise AudioError(
                        f"the clip is longer than {CLIP / 60:.0f} minutes",
                        hint="cut out half a minute in which only the person speaks whose voice it is",
                    )
        if not parts:
            raise AudioError("there is no sound in the clip", hint="choose another file")
        whole = Audio.join(parts)
        return Audio(whole.samples, whole.sample_rate)

    def _read(self, sample_rate: int, channel: Channel) -> Iterator[Audio]:
        one = channel if isinstance(channel, int) else None
        return media.read(self._file, sample_rate=sample_rate, mono=channel is None, channel=one, seconds=CHUNK)

    def _array(self, sample_rate: int, channel: Channel) -> Iterator[Audio]:
        assert isinstance(self.sound, Audio)
        audio = self.sound.channel(channel) if isinstance(channel, int) else self.sound
        resampler = media.Resampler(sample_rate)
        for chunk in audio.chunks(CHUNK):
            _check_scale(chunk.samples)
            sound = Audio(media.mended(chunk.samples), chunk.sample_rate, chunk.start)  # as of a file that is read
            yield from resampler.feed(sound if channel == "all" else Audio(sound.mono, sound.sample_rate, sound.start))
        yield from resampler.flush()

    @property
    def _file(self) -> str | Path | BinaryIO:
        assert not isinstance(self.sound, Audio)
        if not isinstance(self.sound, str | Path):
            if not self.sound.seekable():
                raise AudioError("a pipe can be read only once", hint="write it to a file first, and give that")
            self.sound.seek(0)
        return self.sound


def _check_scale(samples: Samples) -> None:
    """Raises AudioError for samples of 16 bits that nobody has scaled: they would all be cut off."""
    if samples.size and np.isfinite(peak := np.abs(samples).max()) and peak > SCALE:
        beyond, sound = np.count_nonzero(np.abs(samples) > 1.0), np.count_nonzero(samples)
        if beyond > sound / 2:
            raise AudioError(
                f"the samples go up to {peak:.0f}, where full scale is 1",
                hint="divide samples of 16 bits by 32768, those of 32 bits by 2147483648",
            )
