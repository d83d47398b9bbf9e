"""The synthesizer, loaded: a network for each language that is spoken, and the voices that it was taught."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import soxr

from speechlab import (
    Audio,
    AudioError,
    ConfigError,
    Consent,
    Context,
    EngineUnavailable,
    Languages,
    Samples,
    Voice,
    sayable,
)

from . import PocketOptions, PocketParams
from .checkpoints import NAMES, Checkpoints
from .network import Network

PUBLISHED = {
    "en": "alba anna azelma bill_boerst caro_davy charles cosette eponine eve fantine george jane jean javert marius"
    " mary michael paul peter_yearsley stuart_bell vera",
    "fr": "estelle",
    "de": "juergen",
    "pt": "rafael",
    "it": "giovanni",
    "es": "lola",
    "nl": "daan",
}
"""The voices that were published with the networks, by the language of who lent them; the first is the best known."""
SHORTEST, LONGEST = 1.0, 30.0
"""Seconds of a clip that a voice is learnt from; what is longer is cut."""


@dataclass(frozen=True)
class Learnt:
    """A voice that was learnt here."""

    voice: Voice
    clip: Audio
    """Kept because each language's network learns it anew."""

    @property
    def language(self) -> str:
        """Whose network learns it first."""
        return self.voice.languages[0]


class PocketTts:
    """One network for each language that was asked for; voices speak all of them. Voices that it was taught last as
    long as it is loaded."""

    def __init__(self, params: PocketParams, context: Context) -> None:
        self._checkpoints = Checkpoints(params, context)
        self._networks: dict[str, Network] = {}
        self._given = _given(self._checkpoints)
        self._learnt: dict[str, Learnt] = {}

    def voices(self) -> list[Voice]:
        """Those in the user's folder, else those published that can be had, English ones first; then those learnt."""
        return [*self._given, *(learnt.voice for learnt in self._learnt.values())]

    def synthesize(self, text: str, voice: str | None, options: PocketOptions) -> Iterator[Audio]:
        """The text as sound, piece by piece. Raises ConfigError for a voice or a language that it lacks,
        EngineUnavailable where something cannot be fetched."""
        asked = _language(options.language) if options.language else None
        meant = self._meant(voice, asked)
        language = asked or meant.languages[0]
        said = sayable(text)
        if not said:
            return iter(())
        return self._spoken(self._ready(meant.id, language), meant.id, said, options)

    def clone(self, reference: Audio, consent: Consent, options: PocketOptions) -> Voice:
        """A voice learnt from a clip of one person who speaks, best ten seconds or more, and clean: noise and echo are
        learnt too. Of more than half a minute the first is heard.

        Raises EngineUnavailable where the weights that learn voices cannot be had, AudioError for too short a clip.
        """
        if reference.duration < SHORTEST:
            raise AudioError(
                f"a voice cannot be learnt from {reference.duration:.1f} s of sound",
                hint="ten seconds of clean speech of one person do well",
            )
        learnt = _heard(reference, consent, options.language)
        network = self._network(learnt.language, cloning=True)
        network.learn(learnt.voice.id, _fitted(learnt.clip, network.rate))
        self._learnt[learnt.voice.id] = learnt
        return learnt.voice

    def learnt(self, voice: str) -> bytes:
        """What the network of its language knows of a voice that was learnt."""
        learnt = self._learnt.get(voice)
        if learnt is None:
            return b""
        network = self._ready(voice, learnt.language)
        return f"{learnt.language} {network.mark}\n".encode() + network.told(voice)

    def recall(self, learnt: bytes, reference: Audio, consent: Consent, options: PocketOptions) -> Voice:
        """The voice that was learnt from the clip before. Raises ValueError where the network is another now, and as
        :meth:`clone`."""
        known = _heard(reference, consent, options.language)
        made_by, _, told = learnt.partition(b"\n")
        network = self._network(known.language, cloning=True)
        if made_by.decode() != f"{known.language} {network.mark}":
            raise ValueError("another network has learnt it")
        network.recalled(known.voice.id, told)
        self._learnt[known.voice.id] = known
        return known.voice

    def _spoken(self, network: Network, voice: str, text: str, options: PocketOptions) -> Iterator[Audio]:
        for samples in network.say(voice, text, options):
            yield Audio(samples, network.rate)

    def _meant(self, voice: str | None, language: str | None) -> Voice:
        voices = self.voices()
        if not voices:
            raise ConfigError(
                "Pocket TTS has no voice here",
                hint="clone one, or put a published one into embeddings/ of the language in your folder",
            )
        if voice is None:
            native = (one for one in voices if language in one.languages[:1])
            return next(native, None) or voices[0]
        found = next((one for one in voices if one.id == voice), None)
        if found is None:
            names = [one.id for one in voices]
            near = get_close_matches(voice, names, n=1, cutoff=0.6)
            raise ConfigError(
                f"Pocket TTS has no voice {voice!r} here",
                hint=f"did you mean {near[0]}?"
                if near
                else f"it has {', '.join(names[:9])}{', ...' * (len(names) > 9)}",
            )
        return found

    def _ready(self, voice: str, language: str) -> Network:
        """The network of a language, which knows the voice."""
        learnt = self._learnt.get(voice)
        network = self._network(language, cloning=learnt is not None)
        if not network.knows(voice):
            if learnt is not None:
                network.learn(voice, _fitted(learnt.clip, network.rate))
            else:
                network.read(voice, self._checkpoints.voice(language, voice))
        return network

    def _network(self, language: str, *, cloning: bool) -> Network:
        network = self._networks.get(language)
        if network is None or (cloning and not network.cloning):
            network = self._networks[language] = Network(self._checkpoints.find(language, cloning=cloning))
            if cloning and not network.cloning:
                raise EngineUnavailable(
                    "this network of Pocket TTS cannot learn voices: the part that would is empty",
                    hint="take the weights of kyutai/pocket-tts, or one of the voices that it has",
                )
        return network


def _heard(reference: Audio, consent: Consent, language: str | None) -> Learnt:
    """What there is to learn of a clip, and by what name."""
    clip = reference.crop(reference.start, reference.start + LONGEST)
    first = _language(language) if language else next(iter(NAMES))
    others = (code for code in NAMES if code != first)
    name = f"clone-{clip.digest[:12]}"
    return Learnt(Voice(name, name, (first, *others), reference=reference.digest, consent=consent), clip)


def _given(checkpoints: Checkpoints) -> list[Voice]:
    own = checkpoints.own_voices()
    published = (
        Voice(name, name.replace("_", " ").title(), (language,))
        for language, names in PUBLISHED.items()
        for name in names.split()
        if name not in own and checkpoints.voice_here(language, name)
    )
    return [*(Voice(name, name, (language,)) for name, language in own.items()), *published]


def _language(asked: str) -> str:
    """Raises ConfigError for one that it does not speak."""
    known = Languages(NAMES)
    if asked not in known:
        raise ConfigError(f"Pocket TTS does not speak {asked!r}", hint=known.nearest(asked))
    return known.code(asked)


def _fitted(clip: Audio, rate: int) -> Samples:
    """The clip at another rate, mixed down."""
    return clip.mono if clip.sample_rate == rate else soxr.resample(clip.mono, clip.sample_rate, rate)
