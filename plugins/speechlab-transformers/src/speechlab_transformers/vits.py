"""One voice: a VITS network that speaks one language, letter by letter."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, VitsModel

from speechlab import Context, EngineUnavailable, Samples

from .checkpoint import Checkpoint
from .device import enough, seeded
from .families import speaks
from .options import MmsOptions, MmsParams, TransformersParams
from .quiet import quiet


class Vits:
    """A checkpoint of MMS-TTS, loaded."""

    def __init__(self, model: str, params: MmsParams, context: Context) -> None:
        # Half precision would break the splines by which it finds the rhythm.
        whole = TransformersParams(model=model, device=params.device, dtype="float32", revision=params.revision)
        checkpoint = Checkpoint.find(whole, context, speaks)
        self._device = checkpoint.device
        self._tokenizer = checkpoint.reader(AutoTokenizer)
        if self._tokenizer.phonemize:
            raise EngineUnavailable(f"{model} reads phonemes, not letters", hint="choose a voice of MMS")
        self._roman = bool(self._tokenizer.is_uroman)
        if self._roman and find_spec("uroman") is None:
            raise EngineUnavailable(
                f"{model} reads Latin letters only", hint="pip install speechlab-transformers[uroman]"
            )
        self._name, self._report = model, context.report
        self._unsaid: set[str] = set()
        self._model: Any = checkpoint.load(VitsModel)
        self.rate: int = checkpoint.config.sampling_rate

    def say(self, text: str, options: MmsOptions) -> Samples:
        """A text as sound; nothing for one without a letter that it knows. The user is told once of each letter and
        digit that it lacks."""
        if self._roman:
            text = _romanizer().romanize_string(text.lower()).lower()
        letters, _ = self._tokenizer.prepare_for_tokenization(text)
        if lacking := {c for c in text.lower() if c.isalnum()} - set(letters) - self._unsaid:
            self._unsaid |= lacking
            self._report(f"{self._name} cannot say {' '.join(sorted(lacking))}: write numbers and foreign words out")
        if not letters.strip():
            return np.zeros(0, np.float32)
        own = self._model.config
        self._model.speaking_rate = own.speaking_rate * options.speed
        self._model.noise_scale = own.noise_scale if options.noise_scale is None else options.noise_scale
        rhythm = options.noise_scale_duration
        self._model.noise_scale_duration = own.noise_scale_duration if rhythm is None else rhythm
        with (
            quiet(),
            torch.inference_mode(),
            seeded(options.seed, self._device),
            enough(self._device, f"{len(letters)} letters at once", "speak shorter texts, or set device to cpu"),
        ):
            inputs = self._tokenizer(letters, return_tensors="pt").to(self._device)
            wave = self._model(**inputs).waveform[0]
        samples: Samples = wave.clamp(-1, 1).cpu().numpy()
        return samples


@cache
def _romanizer() -> Any:
    """All scripts to Latin letters; it takes seconds to load, and knows every language."""
    from uroman import Uroman  # type: ignore[import-untyped]

    return Uroman()
