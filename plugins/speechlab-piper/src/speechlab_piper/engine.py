"""The synthesizer, loaded: sentence by sentence to sounds by Piper's own readers, sounds to samples by the network."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from piper import PhonemeType, PiperConfig, PiperVoice, SynthesisConfig

from speechlab import (
    Audio,
    Context,
    EngineUnavailable,
    Samples,
    SynthesisChunk,
    Voice,
    Word,
    also_giving,
    made_by,
    sayable,
    sentences,
)

from . import PiperOptions, PiperParams
from .models import Model, Models, configuration
from .reading import parted, read, words

DURATIONS = "Ceil"
"""The operator by which the networks round up how long each sound is."""


class Piper:
    """The voices, each loaded when it first speaks. Threads may share it."""

    def __init__(self, params: PiperParams, context: Context) -> None:
        self._threads, self._context = params.threads, context
        self._models = Models(params, context)
        self._loaded: dict[Path, PiperVoice] = {}
        self._loading = threading.Lock()
        if here := next((model for model in self._models if model.network), None):
            read(self._voice(here), "a")  # so that the first sentence need not wait for the dictionaries

    def voices(self) -> list[Voice]:
        """Those that can be had; where downloads are allowed, the hub's too for languages that none here speaks."""
        return [voice for model in self._models for voice in model.voices]

    def synthesize(self, text: str, voice: str | None, options: PiperOptions) -> Iterator[Audio]:
        """The text as sound, sentence by sentence. Raises ConfigError for a voice or a language that it lacks,
        EngineUnavailable where a voice cannot be fetched."""
        return (chunk.audio for chunk in self._chunks(text, voice, options, timed=False))

    def synthesize_timed(self, text: str, voice: str | None, options: PiperOptions) -> Iterator[SynthesisChunk]:
        """The same, with the times of the words, where the voice's network tells how long each sound is."""
        return self._chunks(text, voice, options, timed=True)

    def _chunks(self, text: str, voice: str | None, options: PiperOptions, *, timed: bool) -> Iterator[SynthesisChunk]:
        model, speaker = self._models.find(voice, options.language)
        return self._said(sentences(sayable(text), model.language), self._voice(model), speaker, options, timed=timed)

    def _said(
        self, texts: Iterable[str], voice: PiperVoice, speaker: str, options: PiperOptions, *, timed: bool
    ) -> Iterator[SynthesisChunk]:
        manner = SynthesisConfig(
            speaker_id=voice.config.speaker_id_map[speaker] if speaker else None,
            length_scale=voice.config.length_scale / options.speed,
            noise_scale=options.noise,
            noise_w_scale=options.noise_w,
        )
        rate, at = voice.config.sample_rate, 0
        pause = np.zeros(0, np.float32)
        for sentence in texts:
            sounds = read(voice, sentence, options.pronunciations)
            told = deque(words(voice, sentence, sounds, options.pronunciations) if timed else ())
            first = 0
            for part in parted(sounds):
                made, edges = _made(voice, part, manner)
                at += len(pause)
                here = range(first, first := first + len(part))
                times = _times(told, here, edges, last=first == len(sounds)) if edges else ()
                found = tuple(Word((at + start) / rate, (at + end) / rate, text=word) for word, start, end in times)
                yield SynthesisChunk(audio=Audio(np.concatenate([pause, made]), rate), words=found)
                at += len(made)
                pause = np.zeros(round(options.pause * rate), np.float32)

    def _voice(self, model: Model) -> PiperVoice:
        """The loaded voice. Raises EngineUnavailable where it cannot be read."""
        network = model.network
        assert network is not None
        with self._loading:
            if network not in self._loaded:
                self._loaded[network] = self._load(network)
            return self._loaded[network]

    def _load(self, network: Path) -> PiperVoice:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = self._threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # no work is done by waiting busily
        try:
            config = PiperConfig.from_dict(configuration(network))
            session = onnxruntime.InferenceSession(_telling(network), options, providers=["CPUExecutionProvider"])
        except EngineUnavailable:
            raise
        except Exception as error:  # onnxruntime's errors have no common class
            raise EngineUnavailable(f"{network} cannot be read: {error}", hint="fetch it again") from error
        if config.phoneme_type is PhonemeType.PINYIN and not self._context.download:
            raise EngineUnavailable(
                f"{network.stem} is read by a dictionary that Piper downloads", hint="allow downloads, or name another"
            )
        return PiperVoice(session, config, download_dir=self._context.home / "piper")


def _telling(network: Path) -> bytes | str:
    """The network, which also gives how long each sound is, if that can be told."""
    model = network.read_bytes()
    durations = made_by(model, DURATIONS)
    return also_giving(model, durations[0]) if len(durations) == 1 else str(network)


def _made(voice: PiperVoice, sounds: list[str], manner: SynthesisConfig) -> tuple[Samples, list[int]]:
    """The samples of the sounds, and between which of them each sound lies, if the network tells that."""
    made = voice.phoneme_ids_to_audio(voice.phonemes_to_ids(sounds), manner, include_alignments=True)
    assert isinstance(made, tuple)
    samples, lengths = np.clip(made[0], -1, 1).reshape(-1), made[1]
    if lengths is None or len(lengths) != 2 * len(sounds) + 3:  # a gap follows the beginning and each sound
        return samples, []
    return samples, [int(edge) for edge in np.cumsum(lengths)[1::2]]


def _times(
    told: deque[tuple[str, range]], here: range, edges: Sequence[int], *, last: bool
) -> Iterator[tuple[str, int, int]]:
    """The words whose sounds begin among these, which are taken away, with the samples between which each lies."""
    while told and (last or told[0][1].start < here.stop):
        word, where = told.popleft()
        yield word, edges[where.start - here.start], edges[min(where.stop, here.stop) - here.start]
