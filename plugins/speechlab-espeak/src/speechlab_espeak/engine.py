"""The synthesizer: each sentence by a process of its own, which has said it before anybody could hear it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from speechlab import Audio, Context, EngineUnavailable, Voice, pronounced, sayable, sentences

from . import EspeakOptions, EspeakParams
from .ipa import Sounds
from .program import run, sound
from .voices import Voices

WORDS = 175
"""A minute, at speed 1."""
SEMITONES, PITCHES = (-7.0, -3.8, 0.0, 4.4, 8.9), (0, 25, 50, 75, 99)
"""What espeak-ng's numbers for pitch mean, measured on its voice of American English."""


class Espeak:
    """The program and its voices. Threads may share it."""

    def __init__(self, params: EspeakParams, context: Context) -> None:
        self._timeout, self._context = params.timeout, context
        self._known: dict[str, Sounds] = {}
        tables = (run([option], timeout=self._timeout).decode() for option in ("--voices", "--voices=variant"))
        self._voices = Voices(*tables)
        if not self.voices():
            raise EngineUnavailable("espeak-ng tells of no voice", hint="is it installed whole, with its data?")

    def voices(self) -> list[Voice]:
        """One of each language and region, and the same as a woman's."""
        return list(self._voices)

    def synthesize(self, text: str, voice: str | None, options: EspeakOptions) -> Iterator[Audio]:
        """The text as sound, sentence by sentence. Raises ConfigError for a voice or a language that it lacks,
        EngineFailed where the program fails."""
        code, language = self._voices.find(voice, options.language)
        return self._sentences(sayable(text), code, language, options)

    def _written(self, sentence: str, voice: str, pronunciations: Sequence[str]) -> str:
        """The sentence as the program is to read it."""
        told = ""
        for text, ipa in pronounced(sentence, pronunciations):
            sounds = self._sounds(voice).named(ipa) if ipa else ""
            if ipa and not sounds:
                self._context.report(f"espeak-ng's voice {voice} lacks sounds of [{ipa}]: {text} is said as it reads")
            told += sounds or text.replace("[[", "[ [")  # what follows would be taken for sounds
        return told

    def _sounds(self, voice: str) -> Sounds:
        """Asked for once, and only where somebody tells sounds."""
        file = voice.partition("+")[0]
        if file not in self._known:
            self._known[file] = Sounds.of(file, self._timeout)
        return self._known[file]

    def _sentences(self, text: str, voice: str, language: str, options: EspeakOptions) -> Iterator[Audio]:
        pitch = round(float(np.interp(options.pitch, SEMITONES, PITCHES)))
        manner = ["-v", voice, "-s", str(round(WORDS * options.speed)), "-p", str(pitch)]
        pause = 0.0
        for sentence in sentences(text, language):
            told = self._written(sentence, voice, options.pronunciations)
            said = sound(run([*manner, "-z", "-b", "1", "--stdin", "--stdout"], told, timeout=self._timeout))
            if said is not None:
                silence = np.zeros(round(pause * said.sample_rate), np.float32)
                yield Audio(np.concatenate([silence, said.mono]), said.sample_rate)
                pause = options.pause
