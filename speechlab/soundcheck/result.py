"""What a sound check found, as plain values that can be compared, printed and written as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["good", "note", "warning"]
Topic = Literal[
    "level", "clipping", "noise", "bandwidth", "channels", "silence", "offset", "damage", "length", "speakers"
]
"""The last two are told of clips from which a voice is made."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to know of a recording, in words."""

    topic: Topic
    severity: Severity
    """``good``: nothing to do; ``note``: may be better; ``warning``: it will be heard in the result."""
    text: str
    """What is so."""
    advice: str = ""
    """What to do about it; empty where there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Level:
    """How loud it is. Decibels count down from full scale, 0 dBFS; None where there is nothing but digital silence."""

    peak_db: float | None
    """The loudest sample; above 0 where a file holds more than can be played."""
    rms_db: float | None
    """The mean power of all channels, pauses included."""
    loudness: float | None
    """Integrated loudness in LUFS (ITU-R BS.1770-4, EBU R 128): what an ear makes of it, pauses left out. None where
    it is shorter than 0.4 s, or nothing in it is louder than -70 LUFS."""
    offset: float
    """The mean of the samples of the worst channel, which should be 0: a share of full scale."""
    invalid: int
    """How many samples are no numbers at all."""


@dataclass(frozen=True, slots=True)
class Clipping:
    """Peaks that were cut off because they did not fit."""

    share: float
    """The part of all samples that lies in such a flat top, or beyond full scale."""
    first: float | None
    """When, in seconds, the first of them is heard."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What is heard beside the speech."""

    snr_db: float | None
    """Power of the speech while somebody speaks over that of the noise, from 100 Hz up. None where there is no speech,
    or no pause in it that is long enough to hear the noise alone."""
    floor_db: float | None
    """Level of the noise in dBFS."""
    hum: bool
    """Whether most of it lies below 100 Hz: mains hum, wind, or steps and knocks on the table."""


@dataclass(frozen=True, slots=True)
class Band:
    """Up to which frequency there is any sound."""

    hertz: int | None
    """None where there is none."""
    telephone: bool
    """Whether it ends where a telephone's does, at 4 kHz or below."""


@dataclass(frozen=True, slots=True)
class Channels:
    """How the channels differ. Channels are counted from 0."""

    count: int
    silent: tuple[int, ...]
    """Those in which there is next to nothing."""
    identical: bool
    """Whether all that are not silent hold the same sound."""
    opposed: bool
    """Whether two cancel each other where they are mixed down to one."""
    speakers: bool
    """Whether each that is not silent holds a speaker of its own, and hardly hears the others."""


@dataclass(frozen=True, slots=True)
class Silence:
    """When nobody speaks, in seconds. Where nobody speaks at all, ``leading`` is the whole duration."""

    share: float
    """The part of the recording in which nobody speaks."""
    longest: float
    at: float
    """When the longest pause begins."""
    leading: float
    """Before the first word."""
    trailing: float
    """After the last."""
    detector: str
    """What told speech from silence: a detector, such as ``vad/silero``, or ``loudness``."""


@dataclass(frozen=True, slots=True)
class SoundCheck:
    """Everything that was found in one recording."""

    duration: float
    """Seconds."""
    sample_rate: int
    """Hz."""
    level: Level
    clipping: Clipping
    noise: Noise
    band: Band
    channels: Channels
    silence: Silence
    advice: tuple[Advice, ...] = ()
    """In the order of weight: warnings first."""

    @property
    def severity(self) -> Severity:
        """The gravest of the advice."""
        found = {item.severity for item in self.advice}
        return "warning" if "warning" in found else "note" if "note" in found else "good"

    @property
    def facts(self) -> tuple[str, ...]:
        """The figures that fit on a line."""
        level, band = self.level, self.band
        told = [
            f"{self.duration:.1f} s",
            f"{self.sample_rate / 1000:g} kHz",
            f"{self.channels.count} channel{'s' * (self.channels.count != 1)}",
            level.peak_db is not None and f"peak {level.peak_db:.1f} dBFS",
            level.loudness is not None and f"{level.loudness:.1f} LUFS",
            self.noise.snr_db is not None and f"speech {self.noise.snr_db:.0f} dB over noise",
            band.hertz is not None and f"up to {band.hertz / 1000:g} kHz",
            f"speech in {1 - self.silence.share:.0%} of it",
        ]
        return tuple(fact for fact in told if fact)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {**asdict(self), "severity": self.severity}
