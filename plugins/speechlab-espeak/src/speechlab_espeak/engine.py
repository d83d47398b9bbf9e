"""The synthesizer: each sentence by a process of its own, which has said it before anybody could hear it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from speechlab import Audio, Context, EngineUnavailable, Voice, sayable, sentences

from . import EspeakOptions, EspeakParams
from .program import run, sound
from .voices import Voices

WORDS = 175
"""A minute, at speed 1."""
SEMITONES, PITCHES = (-7.0, -3.8, 0.0, 4.4, 8.9), (0, 25, 50, 75, 99)
"""What espeak-ng's numbers for pitch mean, measured on its voice of American English."""


class Espeak:
    """The program and its voices. Threads may share it."""

    def __init__(self, params: EspeakParams, context: Context) -> None:
        self._timeout = params.timeout
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

    def _sentences(self, text: str, voice: str, language: str, options: EspeakOptions) -> Iterator[Audio]:
        pitch = round(float(np.interp(options.pitch, SEMITONES, PITCHES)))
        manner = ["-v", voice, "-s", str(round(WORDS * options.speed)), "-p", str(pitch)]
        pause = 0.0
        for sentence in sentences(text, language):
            plain = sentence.replace("[[", "[ [")  # what follows would be taken for sounds
            said = sound(run([*manner, "-z", "-b", "1", "--stdin", "--stdout"], plain, timeout=self._timeout))
            if said is not None:
                silence = np.zeros(round(pause * said.sample_rate), np.float32)
                yield Audio(np.concatenate([silence, said.mono]), said.sample_rate)
                pause = options.pause
