"""The synthesizer, loaded: Kokoro speaks with a blend of its voices, and the sound is brought nearer to a person's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock

from speechlab_kokoro import KokoroOptions, KokoroParams
from speechlab_kokoro.engine import Kokoro

from speechlab import Audio, Consent, Context, Samples, SynthesisChunk, Voice

from . import WEIGHTS, VoicematchOptions
from .blending import Bank
from .content import Content, content
from .fitting import fitted, with_tone
from .match import Match, Matched
from .person import Person, person
from .speaker import SpeakerEncoder
from .vocoder import RATE, analysed, synthesized
from .written import read, written

PROBE = "We talked about the weather, laughed together, and walked home along the river."
"""What a blend says to be compared with a reference."""
ENGLISH = "en-US"


@dataclass(frozen=True)
class Speech:
    """What speaks, and what brings it nearer to a person."""

    kokoro: Kokoro
    bank: Bank
    content: Content | None

    @property
    def made_with(self) -> str:
        """Of which voices blends are made, and whether what is said is heard."""
        told = [sorted(WEIGHTS.sha256.values()), self.bank.names, self.content is not None]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Voicematch:
    """The speaker encoder, the voices that were matched and, once it is to speak, Kokoro. Threads may share it."""

    def __init__(self, params: KokoroParams, context: Context) -> None:
        self._params, self._context = params, context
        self._folder = context.weights(WEIGHTS)
        self._encoder = SpeakerEncoder(self._folder, params.threads or 1)
        self._matches: dict[str, Matched] = {}
        self._speech: Speech | None = None
        self._loading = Lock()

    @property
    def _speaker(self) -> Speech:
        """Loaded by the first who has it speak: to tell how alike two voices are, nobody needs it."""
        with self._loading:
            if self._speech is None:
                kokoro = Kokoro(self._params, self._context)
                bank = Bank(self._folder, kokoro.styles())
                self._speech = Speech(kokoro, bank, content(self._context, self._params.threads))
            return self._speech

    def voices(self) -> list[Voice]:
        """Kokoro's first voice, as it is, and those that were matched."""
        return [self._speaker.kokoro.voices()[0], *(matched.voice for matched in list(self._matches.values()))]

    def embed(self, audio: Audio, _: object = None) -> Samples:
        """How the one person sounds who speaks: 256 numbers, a vector of length 1; zeros where nobody is heard."""
        return self._encoder.embed(audio)

    def clone(self, reference: Audio, consent: Consent, options: VoicematchOptions) -> Voice:
        """Match a voice to five to thirty seconds of somebody's speech; what is beyond them is not heard.

        The voice is that of this loaded engine, under an id that is the same for the same reference. Raises AudioError
        where nobody can be heard.
        """
        somebody = person(reference, self._encoder, self._speaker.content)
        voice = self._named(reference.digest, consent, options.language or ENGLISH)
        recipe = self._speaker.bank.blend(somebody.likeness)
        self._matches[voice.id] = Matched(voice, recipe, self._match(recipe, somebody, options.transfer))
        return voice

    def learnt(self, voice: str) -> bytes:
        """The match of a voice, to be kept: matching takes some seconds."""
        matched = self._matches.get(voice)
        return written(matched, self._speaker.made_with) if matched else b""

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, options: VoicematchOptions) -> Voice:
        """The voice of an earlier match. Raises ValueError where it was made with other voices or in another way."""
        voice = self._named(reference.digest, consent, options.language or ENGLISH)
        self._matches[voice.id] = read(learnt, voice, self._speaker.made_with)
        return voice

    def _match(self, recipe: str, somebody: Person, share: float) -> Match:
        """What brings a blend nearest to a person, by what a probe of it sounds like."""
        pieces = self._speaker.kokoro.synthesize(PROBE, recipe, KokoroOptions(language=ENGLISH))
        probe = Audio.join(pieces).mono
        sound, said = analysed(probe), self._said(probe)
        match = fitted(somebody, sound, said, share, self._encoder)
        return with_tone(match, sound, said, share, self._encoder)

    def _named(self, digest: str, consent: Consent, language: str) -> Voice:
        spoken = (one for voice in self._speaker.kokoro.voices() for one in voice.languages)
        languages = tuple(dict.fromkeys((language, *spoken)))
        name = f"{consent.person} (matched)"
        return Voice(f"matched-{digest[:16]}", name, languages, reference=digest, consent=consent)

    def synthesize(self, text: str, voice: str | None, options: VoicematchOptions) -> Iterator[Audio]:
        """The text as sound, sentence by sentence. Raises ConfigError for a voice or a language that it lacks."""
        match, named, told = self._meant(voice, options)
        pieces = self._speaker.kokoro.synthesize(text, named, told)
        return (self._nearer(piece, match, options.transfer) for piece in pieces) if match else pieces

    def synthesize_timed(self, text: str, voice: str | None, options: VoicematchOptions) -> Iterator[SynthesisChunk]:
        """The same, and when each word is said: as Kokoro tells it, since nothing moves in time."""
        match, named, told = self._meant(voice, options)
        chunks = self._speaker.kokoro.synthesize_timed(text, named, told)
        if match is None:
            return chunks
        return (replace(chunk, audio=self._nearer(chunk.audio, match, options.transfer)) for chunk in chunks)

    def _meant(
        self, voice: str | None, options: VoicematchOptions
    ) -> tuple[Match | None, str | None, VoicematchOptions]:
        """The match that is to be heard, if any, and what Kokoro is to say it with."""
        matched = self._matches.get(voice or "")
        if matched is None:
            return None, voice, options
        language = options.language or matched.voice.languages[0]
        return matched.match, matched.recipe, options.model_copy(update={"language": language})

    def _nearer(self, piece: Audio, match: Match, share: float) -> Audio:
        sound = analysed(piece.mono)
        if not sound.voiced.any():
            return piece
        said = self._said(piece.mono) if share else None
        return Audio(synthesized(match.near(sound, said, share)), RATE)

    def _said(self, samples: Samples) -> Samples | None:
        ear = self._speaker.content
        return ear.frames(samples) if ear else None
