"""The synthesizer, loaded: text sentence by sentence to sounds, sounds to samples."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from sentencex import segment

from speechlab import Audio, Context, EngineUnavailable, Languages, Samples, Voice

from . import ALPHABET, MODEL, KokoroOptions, KokoroParams
from .sounds import Reader, readable, reader
from .trimming import trimmed
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
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = params.threads or _cores()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # no work is done by waiting busily
        network = _network(params.folder, context)
        try:
            self._network = onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common class
            raise EngineUnavailable(f"{network} cannot be read: {error}", hint="fetch it again") from error
        self._tokens, self._style, self._speed = (one.name for one in self._network.get_inputs())
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
        if voice is None:
            best = self._best(options.language)
            voice, own = best.id, best.languages[0]
        else:
            own = native(voice)
        style, language = self._voices.style(voice), options.language or own
        return self._sentences(text, style, reader(language), language, options)

    def _best(self, language: str | None) -> Voice:
        """The first voice of a language, of the very region before others; where none is asked for, of all."""
        voices = self.voices()
        exact = (voice for voice in voices if language in voice.languages)
        near = (voice for voice in voices if language in Languages(voice.languages))
        return next(exact, None) or next(near, voices[0])

    def _sentences(
        self, text: str, style: Samples, read: Reader, language: str, options: KokoroOptions
    ) -> Iterator[Audio]:
        pause = np.zeros(0, np.float32)
        for sentence in segment(language.split("-")[0], text):
            for sounds in parted(read(sentence)):
                said = self._said(sounds, style, options.speed)
                if said.size:
                    yield Audio(np.concatenate([pause, said]), RATE)
                    pause = np.zeros(round(options.pause * RATE), np.float32)

    def _said(self, sounds: str, style: Samples, speed: float) -> Samples:
        tokens = [self._symbols[one] for one in sounds if one in self._symbols]
        if not tokens:
            return np.zeros(0, np.float32)
        [samples, *_] = self._network.run(
            None,
            {
                self._tokens: np.array([[0, *tokens, 0]], np.int64),
                self._style: style[len(tokens) - 1],
                self._speed: np.array([speed], np.float32),
            },
        )
        return trimmed(np.clip(samples.reshape(-1), -1.0, 1.0))


def parted(sounds: str) -> Iterator[str]:
    """The sounds of a sentence, in parts where they are too many to be said at once."""
    while len(sounds) > MOST:
        cuts = [[end.end() for end in ends.finditer(sounds, MOST // 4, MOST)] for ends in BREAK]
        cut = next((some[-1] for some in cuts if some), MOST)
        yield sounds[:cut].strip()
        sounds = sounds[cut:]
    yield sounds.strip()


def _network(folder: str | None, context: Context) -> Path:
    """The user's own network, else the packaged one."""
    own = sorted(Path(folder).expanduser().glob("*.onnx")) if folder else []
    return own[0] if own else context.weights(MODEL) / MODEL.files[0]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
