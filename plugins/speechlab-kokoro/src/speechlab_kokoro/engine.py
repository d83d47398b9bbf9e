"""The synthesizer, loaded: text sentence by sentence to sounds, sounds to samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
from sentencex import segment

from speechlab import Audio, Context, EngineUnavailable, Languages, Samples, SynthesisChunk, Voice, Word, placed

from . import ALPHABET, MODEL, KokoroOptions, KokoroParams
from .network import Network
from .reading import sounds
from .sounds import Reader, readable, reader
from .trimming import heard
from .voices import Voices, native

RATE = 24_000
MOST = 500
"""Symbols that are said at once; the network takes 510, and hurries near them."""
BREAK = (re.compile(r"[.!?…]+ "), re.compile(r"[;:,—]+ "), re.compile(" "))
"""Where sounds are parted that are too many for once, the best places first."""


class Kokoro:
    """One loaded network and its voices. Threads may share it."""

    def __init__(self, params: KokoroParams, context: Context) -> None:
        self._voices = Voices(params.folder, context)
        vocabulary = json.loads((context.weights(ALPHABET) / "vocab.json").read_text(encoding="utf-8"))
        self._symbols: dict[str, int] = vocabulary["vocab"]
        self._network = Network(_source(params.folder, context), params.threads, context)
        reader(self.voices()[0].languages[0])  # it takes as long to load as a sentence to be said

    def voices(self) -> list[Voice]:
        """The voices whose own language can be read here; any voice speaks any of these."""
        return self._voices.of(list(readable()))

    def styles(self) -> list[str]:
        """The names of which blends can be made: also of voices whose own language cannot be read here."""
        return self._voices.names()

    def synthesize(self, text: str, voice: str | None, options: KokoroOptions) -> Iterator[Audio]:
        """The text as sound, sentence by sentence. Raises ConfigError for a voice or a language that it lacks,
        EngineUnavailable where something is missing to read the language."""
        return (chunk.audio for chunk in self._chunks(text, voice, options, timed=False))

    def synthesize_timed(self, text: str, voice: str | None, options: KokoroOptions) -> Iterator[SynthesisChunk]:
        """The same, and when each word is said: the network decides how long each sound lasts before it speaks. A
        network of the user's own may not tell; then no words come."""
        return self._chunks(text, voice, options, timed=True)

    def _chunks(self, text: str, voice: str | None, options: KokoroOptions, *, timed: bool) -> Iterator[SynthesisChunk]:
        if voice is None:
            best = self._best(options.language)
            voice, own = best.id, best.languages[0]
        else:
            own = native(voice)
        style, language = self._voices.style(voice), options.language or own
        return self._sentences(text, style, reader(language), language, options, timed=timed)

    def _best(self, language: str | None) -> Voice:
        """The first voice of a language, of the very region before others; where none is asked for, of all."""
        voices = self.voices()
        exact = (voice for voice in voices if language in voice.languages)
        near = (voice for voice in voices if language in Languages(voice.languages))
        return next(exact, None) or next(near, voices[0])

    def _sentences(
        self, text: str, style: Samples, read: Reader, language: str, options: KokoroOptions, *, timed: bool
    ) -> Iterator[SynthesisChunk]:
        pause = at = 0.0
        for sentence in segment(language.split("-")[0], text):
            words = sentence.split() if timed else []
            whole, *alone = sounds([sentence, *words], read, language, options.pronunciations)
            parts = list(parted(whole))
            places = placed(alone, " ".join(parts))
            edges = list[float]()  # when each sound begins, and the last of each part ends
            for part in parts:
                said, begins = self._said(part, style, options.speed)
                edges += (begins + at + pause).tolist()
                if not said.size:
                    continue
                silence = np.zeros(round(pause * RATE), np.float32)
                audio = Audio(np.concatenate([silence, said]), RATE)
                done = sum(place.stop < len(edges) for place in places) if begins.size else 0
                told = zip(words[:done], places[:done], strict=True)
                yield SynthesisChunk(
                    audio=audio,
                    words=tuple(Word(edges[place.start], edges[place.stop], text=word) for word, place in told),
                )
                words, places = words[done:], places[done:]
                at += audio.duration
                pause = options.pause

    def _said(self, sounds: str, style: Samples, speed: float) -> tuple[Samples, Samples]:
        """Some sounds without the silence around them; and when each begins and the last ends, in seconds, where that
        is known."""
        known = [one in self._symbols for one in sounds]
        if not any(known):
            return np.zeros(0, np.float32), np.zeros(len(sounds) + 1, np.float32)
        samples, shares = self._network.say(
            [self._symbols[one] for one in sounds if one in self._symbols], style, speed
        )
        where = heard(samples)
        said = np.clip(samples[where], -1.0, 1.0)
        if not shares.size:
            return said, shares
        begins = shares[[0, *accumulate(known)]] * len(samples) - where.start
        return said, np.clip(begins, 0, len(said)) / RATE


def parted(sounds: str) -> Iterator[str]:
    """The sounds of a sentence, in parts where they are too many to be said at once."""
    while len(sounds) > MOST:
        cuts = [[end.end() for end in ends.finditer(sounds, MOST // 4, MOST)] for ends in BREAK]
        cut = next((some[-1] for some in cuts if some), MOST)
        yield sounds[:cut].strip()
        sounds = sounds[cut:]
    yield sounds.strip()


def _source(folder: str | None, context: Context) -> Path:
    """The user's own network, else the packaged one. Raises EngineUnavailable where there is no such folder."""
    if folder and not Path(folder).expanduser().is_dir():
        raise EngineUnavailable(
            f"there is no folder {folder}", hint="give one with a network, or with voices, of Kokoro"
        )
    own = sorted(Path(folder).expanduser().glob("*.onnx")) if folder else []
    return own[0] if own else context.weights(MODEL) / MODEL.files[0]
