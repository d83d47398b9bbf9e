"""The converter, loaded: speech is taken apart, brought nearer to a person's voice, and put together again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from difflib import get_close_matches
from threading import Lock

import soxr
from speechlab_kokoro import KokoroOptions, KokoroParams
from speechlab_kokoro.engine import Kokoro
from speechlab_kokoro.sounds import readable
from speechlab_kokoro.voices import Voices

from speechlab import Audio, ConfigError, Consent, Context, Voice

from . import ENCODER, WEIGHTS, ConversionOptions
from .content import content
from .fitting import fitted
from .manner import held
from .person import Person, person
from .speaker import SpeakerEncoder
from .vocoder import RATE, analysed, synthesized
from .written import person_read, person_written

SAMPLE = (
    "My neighbor bought a huge yellow umbrella at the market this morning, though everyone had told her that it would"
    " stay warm and dry. Six children ran past her house, shouting with joy, while their dog chased a few brown birds"
    " around the garden pool."
)
"""What one of Kokoro's voices says so that it is known."""
LEAST = 0.1
"""Seconds of sound in which a voice can be heard."""
ENOUGH = 4.0
"""Seconds of a speaker from which on more is known than guessed of how they say each sound."""


class Conversion:
    """The speaker encoder, what tells the content, and the voices that are known. Threads may share it."""

    def __init__(self, params: KokoroParams, context: Context) -> None:
        self._params, self._context = params, context
        self._encoder = SpeakerEncoder(context.weights(WEIGHTS), params.threads or 1)
        self._ear = content(context, params.threads)
        self._own = {voice.id: voice for voice in Voices(params.folder, context).of(list(readable()))}
        self._learnt: dict[str, Voice] = {}
        self._people: dict[str, Person] = {}
        self._listening = Lock()

    @property
    def made_with(self) -> str:
        """By what people are heard."""
        told = [WEIGHTS.sha256[ENCODER], self._ear is not None]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def voices(self) -> list[Voice]:
        """Kokoro's own, then those that were learnt."""
        return [*self._own.values(), *list(self._learnt.values())]

    def clone(self, reference: Audio, consent: Consent, _: ConversionOptions) -> Voice:
        """A voice to bring speech nearer to, from five to thirty seconds of somebody; what is beyond them is not heard.

        Its id is the same for the same reference. Raises AudioError where nobody can be heard.
        """
        return self._known(person(reference, self._encoder, self._ear), reference.digest, consent)

    def learnt(self, voice: str) -> bytes:
        """What is known of somebody, to be kept."""
        somebody = self._people.get(voice) if voice in self._learnt else None
        return person_written(somebody, self.made_with) if somebody else b""

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, _: ConversionOptions) -> Voice:
        """The voice that was learnt earlier. Raises ValueError where people were heard by other things then."""
        return self._known(person_read(learnt, self.made_with), reference.digest, consent)

    def convert(self, audio: Audio, voice: str, options: ConversionOptions) -> Sequence[Audio]:
        """The same words at the same times, nearer to another voice; sound in which nobody speaks stays as it is.

        Raises ConfigError for a voice that it does not have.
        """
        somebody = self._person(voice)
        samples = soxr.resample(audio.mono, audio.sample_rate, RATE)
        sound = analysed(samples) if len(samples) >= LEAST * RATE else None
        if sound is None or not sound.voiced.any():
            return [Audio(samples, RATE, audio.start)]
        said = self._ear.frames(samples) if self._ear else None
        share = options.transfer * audio.duration / (audio.duration + ENOUGH)
        match = fitted(somebody.within(held(sound)), sound, said, share, self._encoder, led=True)
        made = synthesized(match.near(sound, said, share))
        return [Audio(made[: len(samples)], RATE, audio.start)]

    def _person(self, voice: str) -> Person:
        """Who is meant. One of Kokoro's own voices is listened to first, once."""
        if voice not in self._people and voice not in self._own:
            near = get_close_matches(voice, self._own, n=1, cutoff=0.6)
            has = ", ".join([*self._own][:9])
            raise ConfigError(
                f"voicematch has no voice {voice!r}",
                hint=f"did you mean {near[0]}?" if near else f"name a voice of the library that has a clip, or {has}",
            )
        with self._listening:
            if voice not in self._people:
                self._context.report(f"listening to {voice}, once")
                kokoro = Kokoro(self._params, self._context)
                said = Audio.join(kokoro.synthesize(SAMPLE, voice, KokoroOptions(language="en-US")))
                self._people[voice] = person(said, self._encoder, self._ear)
            return self._people[voice]

    def _known(self, somebody: Person, digest: str, consent: Consent) -> Voice:
        voice = Voice(f"matched-{digest[:16]}", f"{consent.person} (matched)", reference=digest, consent=consent)
        self._people[voice.id] = somebody
        self._learnt[voice.id] = voice
        return voice
