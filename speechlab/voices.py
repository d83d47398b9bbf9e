"""Known voices: people enrolled with their consent, whom diarization names in later recordings."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from .engines import Kind, SpeakerEmbedder
from .errors import AudioError, ConfigError
from .lab import Lab
from .media import fit
from .profiles import Profile, Profiles, weights_of
from .soundcheck.bandwidth import Bands
from .source import CHUNK, Sound, Source
from .speakers import named, shares
from .stages.naming import alone
from .types import Audio, Consent, Recording

LEAST = 5.0
"""Seconds of speech that a profile needs."""
AGREED = 0.9
"""Part of the speech of a clip that one person must have; little more than a mistake is then left to others."""
_LABEL = re.compile(r"(speaker|channel) \d+", re.IGNORECASE)


class Voices:
    """The voice profiles of a lab: ``lab.voices``. They are files in its folder, never sound, and leave no machine."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._profiles = Profiles.of(lab.home)

    def all(self) -> tuple[Profile, ...]:
        """Everybody who is enrolled, by name."""
        return self._profiles.all()

    def remove(self, name: str) -> None:
        """Forget a voice for good. Raises ConfigError where nobody is called that."""
        self._profiles.remove(name)

    def enrol(
        self, name: str, sound: Sound, *, consent: str | Consent, engine: str | None = None, **knobs: Any
    ) -> Profile:
        """Learn a voice from a clip in which only that person speaks, for at least 5 seconds.

        ``consent`` is the ground on which the voice may be used, in words, such as "asked on 3 May, by mail"; it is
        kept with the profile. Who has the name already is enrolled anew. Raises ConfigError, and AudioError where the
        clip is too short or too long, where several people speak in it, or where it is telephone sound.
        """
        name = named(name)
        if _LABEL.fullmatch(name):
            raise ConfigError(f"{name!r} is what a speaker without a name is called", hint="give the person's name")
        agreed = consent if isinstance(consent, Consent) else Consent(name, consent.strip(), now())
        if not any(map(str.isalnum, agreed.ground)):
            raise ConfigError(
                f"a voice is enrolled only with consent, and none of {name} was named",
                hint='say on what ground it may be used, such as "asked in person on 3 May"',
            )
        spec = self._lab.engine(Kind.DIARIZE, engine)
        if "voices" not in spec.features:
            can = [one.name for one in self._lab.engines(Kind.DIARIZE) if "voices" in one.features]
            raise ConfigError(
                f"{spec.name} does not know voices again", hint=f"use {' or '.join(can) or 'a diarizer that does'}"
            )
        stage = {"use": spec.name, **knobs, "known_voices": False}
        pipeline = self._lab.pipeline({"title": "Enrol a voice", "stage": [stage]}).ready(self._lab.policy)
        audio = _heard(Source(sound).clip(), spec.sample_rate)
        speech, seconds = _one_person(audio, self._lab.run(pipeline, audio))
        [step] = pipeline.steps
        with self._lab.pool.lease(spec, step.params) as loaded, loaded.exclusive():
            if not isinstance(loaded.engine, SpeakerEmbedder):
                raise ConfigError(f"{spec.name} does not know voices again", hint="tell its author: its card says so")
            vector = loaded.engine.embed(speech, step.options)
        if not vector.any():
            raise AudioError("no voice can be made out in the clip", hint="record it anew, closer to the microphone")
        profile = Profile(
            name=name,
            engine=spec.name,
            version=self._lab.plugins.version(spec),
            weights=weights_of(spec),
            vector=tuple(float(value) for value in vector),
            seconds=round(seconds, 1),
            consent=agreed,
        )
        self._profiles.keep(profile)
        return profile


def _heard(clip: Audio, sample_rate: int) -> Audio:
    """The clip at this rate; telephone sound is refused."""
    bands = Bands(clip.sample_rate)
    for part in clip.chunks(CHUNK):
        bands.feed(part.mono)
    if bands.band().telephone:
        raise AudioError(
            "the clip is telephone sound, in which voices are too much alike to learn one from it",
            hint="enrol the voice from a recording by a microphone; it is then known on the telephone, too",
        )
    return fit(clip, sample_rate)


def _one_person(audio: Audio, recording: Recording) -> tuple[Audio, float]:
    """Where the person speaks, and for how long. Raises AudioError."""
    parts = sorted(shares(recording), key=lambda share: -share.seconds)
    if not parts:
        raise AudioError("nobody is heard to speak in the clip", hint="choose one in which the person speaks")
    if parts[0].share < AGREED:
        raise AudioError(
            f"{len(parts)} people are heard in the clip: a voice is learnt from one in which only that person speaks",
            hint="cut out such a stretch; if it is one person all the same, say so (--alone, or speakers=1)",
        )
    speech = alone(audio, recording.diarization, parts[0].speaker)
    if speech is None or parts[0].seconds < LEAST:
        raise AudioError(
            f"the person speaks for {parts[0].seconds:.1f} s in the clip, which is too little to know a voice by",
            hint=f"give one with at least {LEAST:.0f} seconds of speech; 20 are good",
        )
    return speech, parts[0].seconds


def now() -> str:
    """This moment, as a consent tells it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
