"""The network of one language, loaded: voices to what it knows of them, text to sound."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import safetensors.torch
import torch
import yaml

from speechlab import EngineUnavailable, Samples

from . import PocketOptions
from .checkpoints import Checkpoint
from .quiet import undisturbed
from .speech import Speech

with undisturbed():
    import pocket_tts


class Network:
    """It says one text at a time."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        """Raises EngineUnavailable for files that do not belong together, or are damaged."""
        self._model = _loaded(checkpoint)
        self.mark = _mark(Path(checkpoint.config["weights_path"]))
        """What tells its weights from others: what it knows of a voice means nothing to those."""
        self._model.has_voice_cloning = checkpoint.cloning and bool(self._model.flow_lm.speaker_proj_weight.any())
        self._voices: dict[str, Any] = {}
        self._speech: Speech | None = None

    @property
    def cloning(self) -> bool:
        """Whether it can learn a voice. The package asks that of files alone: sound it takes without."""
        return bool(self._model.has_voice_cloning)

    @property
    def rate(self) -> int:
        """Of its sound, in Hz."""
        return int(self._model.sample_rate)

    def knows(self, voice: str) -> bool:
        """Whether a voice was learnt or read."""
        return voice in self._voices

    def read(self, voice: str, file: Path) -> None:
        """Know a voice that was learnt by the very network elsewhere. Raises EngineUnavailable for a file that holds
        none."""
        try:
            self._voices[voice] = self._model.get_state_for_audio_prompt(file)
        except Exception as error:  # safetensors and torch raise their own
            raise EngineUnavailable(f"{file} holds no voice of Pocket TTS: {error}", hint="fetch it again") from error

    def learn(self, voice: str, samples: Samples) -> None:
        """Know a voice by sound of it, at :attr:`rate`."""
        self._hush()
        self._voices[voice] = self._model.get_state_for_audio_prompt(torch.from_numpy(samples.copy())[None])

    def told(self, voice: str) -> bytes:
        """What it knows of a voice, to be :meth:`recalled` by a network with the same weights."""
        state = self._voices[voice]
        flat = {f"{part}/{name}": tensor.contiguous() for part, some in state.items() for name, tensor in some.items()}
        return safetensors.torch.save(flat)

    def recalled(self, voice: str, told: bytes) -> None:
        """Know a voice again. Raises ValueError or safetensors' own error where it is told something else."""
        state: dict[str, dict[str, torch.Tensor]] = {}
        for name, tensor in safetensors.torch.load(told).items():
            part, _, which = name.rpartition("/")
            state.setdefault(part, {})[which] = tensor
        if not state:
            raise ValueError("nothing is known of the voice")
        self._voices[voice] = state

    def say(self, voice: str, text: str, options: PocketOptions) -> Iterator[Samples]:
        """The text as sound, in pieces as they are made; nothing of it is made before the first is asked for."""
        self._hush()
        model = self._model
        model.temp, model.sampler_decode_steps = options.temperature, options.steps
        if options.seed is not None:
            torch.manual_seed(options.seed)
        stop = threading.Event()
        frames = model.generate_audio_stream(self._voices[voice], text, stop=stop)
        self._speech = Speech(frames, stop, self.rate)
        yield from self._speech.pieces()

    def _hush(self) -> None:
        if self._speech is not None:
            self._speech.hear_out()


def _mark(weights: Path) -> str:
    told = weights.stat()
    return f"{weights.name} {told.st_size} {told.st_mtime_ns}"


def _loaded(checkpoint: Checkpoint) -> Any:
    with TemporaryDirectory(prefix="pocket-tts-") as folder, undisturbed():
        file = Path(folder) / "config.yaml"
        file.write_text(yaml.safe_dump(dict(checkpoint.config)), encoding="utf-8")
        try:
            return pocket_tts.TTSModel.load_model(config=file)
        except Exception as error:  # of pydantic, safetensors, tokenizers, torch, and plain assertions
            told = str(error).strip().partition("\n")[0]
            raise EngineUnavailable(
                f"{checkpoint.config['weights_path']} cannot be read as a network of Pocket TTS: {told}",
                hint="fetch it again; its configuration and tokenizer must be those that it was trained with",
            ) from error
