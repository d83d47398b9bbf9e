"""A checkpoint made ready: the network on its device, what turns sound and text into its inputs, and its languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import SeamlessM4TFeatureExtractor, SeamlessM4TTokenizer

from speechlab import Context, EngineUnavailable, Samples, torch_device

from . import SeamlessParams
from .files import whole
from .network import Network, Tokens, Understood
from .quiet import quiet
from .tongues import Tongues

RATE = 16_000
"""Samples per second, of what it hears and of what it says."""
FAMILY, ARCHITECTURE = "seamless_m4t_v2", "SeamlessM4Tv2Model"


@dataclass(frozen=True)
class Checkpoint:
    """A loaded checkpoint: sound and text go in, and come out."""

    network: Network
    tongues: Tongues
    _features: SeamlessM4TFeatureExtractor
    _tokenizer: SeamlessM4TTokenizer

    @classmethod
    def load(cls, params: SeamlessParams, context: Context) -> Checkpoint:
        """Raises EngineUnavailable where it is not here, or is no whole SeamlessM4T v2."""
        folder = whole(params, context)
        _admit(folder, params.model)
        device = torch_device(params.device)
        dtype = torch.float32 if device.type == "cpu" else torch.float16
        if params.dtype != "auto":
            dtype = getattr(torch, params.dtype)
        with quiet():
            features = SeamlessM4TFeatureExtractor.from_pretrained(folder, local_files_only=True)
            tokenizer = SeamlessM4TTokenizer.from_pretrained(folder, local_files_only=True)
            network, told = Network.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
        if told["missing_keys"]:
            raise _partial(params.model, f"weights of {len(told['missing_keys'])} of its layers")
        tongues = Tongues.of(params.model, network.generation_config, network.config, tokenizer)
        return cls(network.to(device).eval(), tongues, features, tokenizer)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = self.network.device
        return device

    def hear(self, clip: Samples) -> Understood:
        """A mono sound at :data:`RATE`."""
        inputs = self._features(clip, sampling_rate=RATE, return_tensors="pt").to(self.device, self.network.dtype)
        frames = int(inputs["attention_mask"].sum())  # an odd one at the end is filled up to a pair
        return self.network.hear(inputs["input_features"][:, :frames])

    def tokens(self, text: str) -> Tokens:
        """A text without its language and end. What looks like a token of the model's own is plain text too."""
        text = text.encode(errors="replace").decode()  # halves of surrogate pairs, which no tokenizer takes
        tokens: Tokens = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids
        return tokens

    def text(self, tokens: Tokens) -> str:
        """What was written."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True)).strip()


def _admit(folder: Path, model: str) -> None:
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if told.get("model_type") != FAMILY:
        raise EngineUnavailable(
            f"{model} is a {told.get('model_type')}, no SeamlessM4T v2",
            hint="choose facebook/seamless-m4t-v2-large, or one made from it",
        )
    made = told.get("architectures") or [ARCHITECTURE]
    if ARCHITECTURE not in made:
        raise _partial(model, f"all but a {', '.join(made)}")


def _partial(model: str, lacking: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"{model} is but a part of SeamlessM4T v2: it lacks {lacking}",
        hint="choose a checkpoint that was saved as a SeamlessM4Tv2Model",
    )
