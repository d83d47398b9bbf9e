"""A clip of a voice, listened to before a voice is made of it: what is wrong with it, and what to do about that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..engines import Kind
from ..errors import AudioError, EngineError, PolicyDenied
from ..lab import Lab
from ..soundcheck import Advice, SoundCheck
from ..soundcheck.result import Severity
from ..source import Sound, Source
from ..speakers import shares
from ..types import Audio, Recording

LEAST, GOOD = 3.0, 8.0
"""Seconds of speech without which no voice is made, and from which on one is made well."""
LONGEST = 120.0
"""Seconds that are used of a clip."""
MARGIN = 0.2
"""Seconds of silence left before the first word and after the last."""
ALONE = 0.9
"""Part of the speech that one person must have; little more than a mistake is then left to others."""
CLIPPED, CLIPPED_BADLY = 2e-5, 1e-3
"""Shares of the samples that are cut off: some syllables now and then, and most of the loud ones."""
CLEAR, NOISY = 20.0, 10.0
"""Decibels of speech over noise."""
FAINT = -45.0
"""LUFS."""
WIDE = 7000
"""Hz: up to there lie all the sounds that tell one word from another."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What was found, and what of the clip is used."""

    audio: Audio
    """The clip mixed down, without the silence around it, and no longer than two minutes."""
    check: SoundCheck
    """The whole of it, measured."""
    speech: float
    """Seconds in which somebody speaks."""
    speakers: int | None
    """How many people speak; None where nobody could tell."""
    advice: tuple[Advice, ...]
    """In the order of weight."""
    refused: Advice | None = None
    """Why no voice can be made of it, where that is so."""

    @property
    def severity(self) -> Severity:
        """The gravest of the advice."""
        found = {item.severity for item in self.advice}
        return "warning" if "warning" in found else "note" if "note" in found else "good"

    def usable(self) -> Reference:
        """Itself. Raises AudioError where no voice can be made of it."""
        if self.refused:
            raise AudioError(self.refused.text, hint=self.refused.advice)
        return self

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values, but for the sound."""
        return {
            "usable": self.refused is None,
            "severity": self.severity,
            "speech": round(self.speech, 2),
            "speakers": self.speakers,
            "advice": [asdict(item) for item in self.advice],
            "check": self.check.as_json(),
        }


def referenced(lab: Lab, sound: Sound, *, alone: bool = False) -> Reference:
    """Listen to a clip of a voice. ``alone``: one person speaks in it, whoever seems to be heard.

    Raises AudioError where it cannot be read, or is longer than ten minutes.
    """
    whole = Source(sound).clip()
    check = lab.soundcheck(sound)
    speech = 0.0 if check.silence.leading >= check.duration else (1.0 - check.silence.share) * check.duration
    audio = _used(whole, check)
    refused = _refused(check, speech)
    speakers, unheard = (None, None) if refused else (1, None) if alone else _speakers(lab, audio)
    if speakers is not None and speakers > 1:
        refused = Advice(
            "speakers",
            "warning",
            f"{speakers} people are heard in the clip, and a voice is made from one in which only one speaks",
            "cut out such a stretch; if it is one person all the same, say so (--alone)",
        )
    found = [refused] if refused else [*_advice(check, speech, speakers), *([unheard] if unheard else [])]
    order = ("warning", "note", "good")
    told = tuple(sorted(found, key=lambda item: order.index(item.severity)))
    return Reference(audio, check, speech, speakers, told, refused)


def _used(whole: Audio, check: SoundCheck) -> Audio:
    first = max(0.0, check.silence.leading - MARGIN)
    last = min(whole.end - check.silence.trailing + MARGIN, first + LONGEST)
    used = whole.crop(first, last) if last > first else whole
    return Audio(used.samples, used.sample_rate)


def _speakers(lab: Lab, audio: Audio) -> tuple[int | None, Advice | None]:
    """How many people speak, or why that is not known."""
    try:
        spec = lab.engine(Kind.DIARIZE)
        parts = shares(Recording(diarization=lab.diarize(audio, spec.id)))
    except (EngineError, PolicyDenied) as error:
        return None, Advice(
            "speakers", "note", f"Whether one person speaks alone was not checked: {error}.", error.hint
        )
    loudest = max((part.share for part in parts), default=1.0)
    return (len(parts) if loudest < ALONE else 1), None


def _refused(check: SoundCheck, speech: float) -> Advice | None:
    if check.channels.opposed:
        return Advice(
            "channels",
            "warning",
            "the channels of the clip cancel each other, so that most of the voice is gone when they are mixed",
            "give one of its channels alone",
        )
    if check.level.peak_db is None or (speech == 0 and check.duration >= LEAST):
        return Advice(
            "silence",
            "warning",
            "nobody is heard to speak in the clip",
            "choose one in which the person speaks, or record it anew, closer to the microphone",
        )
    if speech < LEAST:
        return Advice(
            "length",
            "warning",
            f"the clip has {speech:.1f} s of speech, which is too little to make a voice of",
            f"give at least {LEAST:.0f} seconds; 10 to 30 are good",
        )
    return None


def _advice(check: SoundCheck, speech: float, speakers: int | None) -> Iterator[Advice]:
    told = f"{speech:.0f} s of speech"
    if speech < GOOD:
        cure = "The voice will be less alike than it could be: 10 to 30 seconds are good."
        yield Advice("length", "note", f"The clip is short: {told}.", cure)
    elif check.duration > LONGEST:
        yield Advice("length", "note", f"Of {told}, the first {LONGEST / 60:.0f} minutes of the clip are used.")
    else:
        yield Advice("length", "good", f"It is long enough: {told}.")
    if check.clipping.share >= CLIPPED:
        badly = check.clipping.share >= CLIPPED_BADLY
        yield Advice(
            "clipping",
            "warning" if badly else "note",
            "It is overloaded: the voice crackles where it is loud."
            if badly
            else "The loudest moments are overloaded.",
            "A voice made of it may crackle too. Record it anew, with the level turned down or from further away.",
        )
    else:
        yield Advice("clipping", "good", "Nothing is overloaded.")
    yield from _noise(check)
    if (loudness := check.level.loudness) is not None and loudness < FAINT:
        cure = "Bring the microphone nearer, a hand's width from the mouth: what is very quiet is mostly noise."
        yield Advice("level", "warning", f"The clip is very quiet ({loudness:.0f} LUFS).", cure)
    hertz = check.band.hertz
    if hertz is not None and (check.band.telephone or hertz < WIDE):
        yield Advice(
            "bandwidth",
            "warning" if check.band.telephone else "note",
            f"It sounds like a telephone: nothing above {hertz / 1000:.1f} kHz."
            if check.band.telephone
            else f"It sounds a little dull: nothing above {hertz / 1000:.1f} kHz.",
            "So will the voice. Take a recording by a microphone, if there is one.",
        )
    if speakers == 1:
        yield Advice("speakers", "good", "One person speaks.")


def _noise(check: SoundCheck) -> Iterator[Advice]:
    snr = check.noise.snr_db
    if snr is None:
        return
    told = f"{snr:.0f} dB over the noise"
    if snr < CLEAR:
        text = "There is much noise" if snr < NOISY else "There is some noise"
        cure = "It becomes part of the voice. Record it in a quiet room, near the microphone, or clean it first."
        yield Advice("noise", "warning" if snr < NOISY else "note", f"{text}: the speech is {told}.", cure)
    else:
        yield Advice("noise", "good", f"The speech is clear: {told}.")
