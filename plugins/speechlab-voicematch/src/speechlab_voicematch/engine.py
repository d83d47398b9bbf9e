"""The synthesizer, loaded: Kokoro speaks with a blend of its voices, and the sound is brought nearer to a person's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import soxr
from speechlab_kokoro import KokoroOptions, KokoroParams
from speechlab_kokoro.engine import Kokoro

from speechlab import Audio, AudioError, Consent, Context, Samples, SynthesisChunk, Voice

from . import WEIGHTS, VoicematchOptions
from .blending import Bank
from .content import Content, content
from .manner import coloured, manner, presence, warped
from .match import Match
from .speaker import SpeakerEncoder
from .toning import toned
from .transfer import repertoire
from .vocoder import FRAME, RATE, analysed, synthesized
from .written import read, written

PROBE = "We talked about the weather, laughed together, and walked home along the river."
"""What a blend says to be compared with a reference."""
ENGLISH = "en-US"
WARPS = (1.0, 0.96, 1.04, 0.92, 1.08)
"""By how much formants are moved; the first of those that are as good is taken."""
LONGEST = 30.0
"""Seconds of a reference that are heard."""
SHORTEST = 0.5
"""Seconds of it that must have a pitch."""


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
        self._matches: dict[str, Match] = {}
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
        return [self._speaker.kokoro.voices()[0], *(match.voice for match in list(self._matches.values()))]

    def embed(self, audio: Audio, _: object = None) -> Samples:
        """How the one person sounds who speaks: 256 numbers, a vector of length 1; zeros where nobody is heard."""
        return self._encoder.embed(audio)

    def clone(self, reference: Audio, consent: Consent, options: VoicematchOptions) -> Voice:
        """Match a voice to five to thirty seconds of somebody's speech; what is beyond them is not heard.

        The voice is that of this loaded engine, under an id that is the same for the same reference. Raises AudioError
        where nobody can be heard.
        """
        heard = reference.crop(reference.start, reference.start + LONGEST)
        target = self._encoder.embed(heard)
        samples = np.clip(soxr.resample(heard.mono, heard.sample_rate, RATE), -1, 1)
        person = analysed(samples) if target.any() else None
        if person is None or person.voiced.sum() * FRAME / 1000 < SHORTEST:
            raise AudioError(
                "nobody can be heard speaking in the reference", hint="give five to thirty seconds of one person"
            )
        voice = self._named(reference.digest, consent, options.language or ENGLISH)
        present = presence(reference.sample_rate, person.envelope.shape[1])
        said = self._said(samples)
        sounds = repertoire(person, said, present) if said is not None else None
        wanted = manner(person)
        start = Match(voice, self._speaker.bank.blend(target), wanted, wanted, 1.0, present, sounds)
        self._matches[voice.id] = self._fitted(start, target, options.transfer)
        return voice

    def learnt(self, voice: str) -> bytes:
        """The match of a voice, to be kept: matching takes some seconds."""
        match = self._matches.get(voice)
        return written(match, self._speaker.made_with) if match else b""

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, options: VoicematchOptions) -> Voice:
        """The voice of an earlier match. Raises ValueError where it was made with other voices or in another way."""
        voice = self._named(reference.digest, consent, options.language or ENGLISH)
        self._matches[voice.id] = read(learnt, voice, self._speaker.made_with)
        return voice

    def _fitted(self, start: Match, target: Samples, share: float) -> Match:
        """With the formants and the tone by which a probe is most like the person."""
        pieces = self._speaker.kokoro.synthesize(PROBE, start.recipe, KokoroOptions(language=ENGLISH))
        probe = Audio.join(pieces).mono
        sound, said = analysed(probe), self._said(probe)

        def tried(warp: float) -> Match:
            own = manner(sound.but(sound.pitch, warped(sound.envelope, warp)))
            match = replace(start, own=own, warp=warp)
            reached = manner(match.near(sound, said, share))  # another's sounds have changed the colour again
            return replace(match, tone=coloured(reached, match.wanted, match.present))

        def spoken(match: Match) -> Audio:
            return Audio(synthesized(match.near(sound, said, share)), RATE)

        best = max(map(tried, WARPS), key=lambda match: float(self._encoder.embed(spoken(match)) @ target))
        return replace(best, tone=best.tone + toned(self._encoder, spoken(best), target, len(best.present)))

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
        match = self._matches.get(voice or "")
        if match is None:
            return None, voice, options
        language = options.language or match.voice.languages[0]
        return match, match.recipe, options.model_copy(update={"language": language})

    def _nearer(self, piece: Audio, match: Match, share: float) -> Audio:
        sound = analysed(piece.mono)
        if not sound.voiced.any():
            return piece
        said = self._said(piece.mono) if share else None
        return Audio(synthesized(match.near(sound, said, share)), RATE)

    def _said(self, samples: Samples) -> Samples | None:
        ear = self._speaker.content
        return ear.frames(samples) if ear else None
