"""The synthesizer, loaded: sentence by sentence to sounds by Piper's own readers, sounds to samples by the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from piper import PhonemeType, PiperConfig, PiperVoice, SynthesisConfig

from speechlab import Audio, Context, EngineUnavailable, Voice, sayable, sentences

from . import PiperOptions, PiperParams
from .models import Model, Models, configuration

MOST = 400
"""Sounds that are said at once: about half a minute."""
MARKS = (frozenset(".?!"), frozenset(",;:"), frozenset(" "))
"""Behind which the sounds of a long sentence are parted, the best first."""


class Piper:
    """The voices, each loaded when it first speaks. Threads may share it."""

    def __init__(self, params: PiperParams, context: Context) -> None:
        self._threads, self._context = params.threads, context
        self._models = Models(params, context)
        self._loaded: dict[Path, PiperVoice] = {}
        self._loading = threading.Lock()
        if here := next((model for model in self._models if model.network), None):
            _read(self._voice(here), "a")  # so that the first sentence need not wait for the dictionaries

    def voices(self) -> list[Voice]:
        """Those that can be had; where downloads are allowed, the hub's too for languages that none here speaks."""
        return [voice for model in self._models for voice in model.voices]

    def synthesize(self, text: str, voice: str | None, options: PiperOptions) -> Iterator[Audio]:
        """The text as sound, sentence by sentence. Raises ConfigError for a voice or a language that it lacks,
        EngineUnavailable where a voice cannot be fetched."""
        model, speaker = self._models.find(voice, options.language)
        return self._sentences(sayable(text), model.language, self._voice(model), speaker, options)

    def _sentences(
        self, text: str, language: str, voice: PiperVoice, speaker: str, options: PiperOptions
    ) -> Iterator[Audio]:
        manner = SynthesisConfig(
            speaker_id=voice.config.speaker_id_map[speaker] if speaker else None,
            length_scale=voice.config.length_scale / options.speed,
            noise_scale=options.noise,
            noise_w_scale=options.noise_w,
        )
        rate, pause = voice.config.sample_rate, np.zeros(0, np.float32)
        for sentence in sentences(text, language):
            for sounds in parted(_read(voice, sentence)):
                said = voice.phoneme_ids_to_audio(voice.phonemes_to_ids(sounds), manner)
                assert not isinstance(said, tuple)  # it is one where times are asked for
                yield Audio(np.concatenate([pause, np.clip(said, -1, 1).reshape(-1)]), rate)
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
            session = onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])
        except EngineUnavailable:
            raise
        except Exception as error:  # onnxruntime's errors have no common class
            raise EngineUnavailable(f"{network} cannot be read: {error}", hint="fetch it again") from error
        if config.phoneme_type is PhonemeType.PINYIN and not self._context.download:
            raise EngineUnavailable(
                f"{network.stem} is read by a dictionary that Piper downloads", hint="allow downloads, or name another"
            )
        return PiperVoice(session, config, download_dir=self._context.home / "piper")


def _read(voice: PiperVoice, sentence: str) -> list[str]:
    """The sounds of a sentence that the voice knows. What Piper takes for several sentences (Dr. Smith) is one."""
    if not any(map(str.isalnum, sentence)):
        return []
    try:
        groups = voice.phonemize(sentence.strip())
    except ImportError as error:  # some languages are read by packages that Piper does not ask for
        raise EngineUnavailable(
            f"Piper needs {error.name} to read {voice.config.espeak_voice}", hint=f"pip install {error.name}"
        ) from error
    sounds: list[str] = []
    for group in groups:
        if sounds:
            sounds = [*(sounds[:-1] if sounds[-1] == "." else sounds), " "]
        sounds += group
    if voice.config.phoneme_type is PhonemeType.PINYIN:
        return sounds
    return [sound for sound in sounds if sound in voice.config.phoneme_id_map]


def parted(sounds: Sequence[str]) -> Iterator[list[str]]:
    """The sounds of a sentence, in parts where they are too many to be said at once; none where there is none."""
    left = list(sounds)
    while len(left) > MOST:
        ends = ([n for n in range(MOST // 4, MOST) if left[n] in marks] for marks in MARKS)
        cut = next((some[-1] for some in ends if some), MOST - 1) + 1
        yield left[:cut]
        left = left[cut:]
    if left:
        yield left
