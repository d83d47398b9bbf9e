"""A checkpoint: its files by way of the host, its family, and the device and precision it is loaded with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.utils.import_utils import is_flash_attn_2_available

from speechlab import Context, EngineUnavailable, torch_device

from .families import Family, recognises
from .files import ask, locate
from .options import TransformersParams
from .quiet import quiet

RATE = 16_000
"""Samples per second that every checkpoint here is given."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this machine, not yet loaded."""

    folder: Path
    config: Any
    family: Family
    device: torch.device
    dtype: torch.dtype
    _params: TransformersParams = field(repr=False)
    _context: Context = field(repr=False)
    _safetensors: bool

    @classmethod
    def find(
        cls, params: TransformersParams, context: Context, family: Callable[[Any, str], Family] = recognises
    ) -> Checkpoint:
        """Look the checkpoint up. Raises EngineUnavailable where it is not here, or was not trained for what ``family``
        asks."""
        folder, safetensors = locate(params, context)
        with quiet():
            try:
                config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
            except ValueError as error:
                raise EngineUnavailable(
                    f"transformers {transformers.__version__} cannot read the configuration of {params.model}: {error}",
                    hint="pip install --upgrade transformers, or choose another checkpoint",
                ) from error
        device = torch_device(params.device)
        dtype = torch.float32 if device.type == "cpu" else torch.float16
        if params.dtype != "auto":
            dtype = getattr(torch, params.dtype)
        return cls(folder, config, family(config, params.model), device, dtype, params, context, safetensors)

    @property
    def model(self) -> str:
        """What the user calls it."""
        return self._params.model

    def load(self, auto: Any) -> Any:
        """The network, by one of transformers' auto classes, on its device and ready for use."""
        flash = self._params.attention == "auto" and self.device.type == "cuda" and self.dtype != torch.float32
        if flash and is_flash_attn_2_available():
            try:
                return self._load(auto, "flash_attention_2")
            except ValueError:  # this architecture cannot; transformers then takes sdpa where it can
                pass
        chosen = None if self._params.attention == "auto" else self._params.attention
        try:
            return self._load(auto, chosen)
        except (ValueError, ImportError) as error:
            if chosen is None:
                raise
            raise EngineUnavailable(
                f"{self.model} cannot be loaded with attention {chosen}: {error}", hint="leave attention at auto"
            ) from error

    def _load(self, auto: Any, attention: str | None) -> Any:
        with quiet():
            model = auto.from_pretrained(
                self.folder,
                config=self.config,
                dtype=self.dtype,
                attn_implementation=attention,
                use_safetensors=self._safetensors,
                weights_only=True,
                local_files_only=True,
            )
        return model.to(self.device).eval()

    def reader(self, auto: Any) -> Any:
        """A tokenizer, feature extractor or processor, by one of transformers' auto classes."""
        with quiet():
            found = auto.from_pretrained(self.folder, local_files_only=True)
        rate = getattr(getattr(found, "feature_extractor", found), "sampling_rate", RATE)
        if rate != RATE:
            raise EngineUnavailable(f"{self.model} hears sound of {rate} Hz", hint=f"choose a checkpoint for {RATE} Hz")
        return found

    def extra(self, file: str) -> Path:
        """One more file of the same checkpoint, such as an adapter; fetched where that is allowed."""
        return ask(self._params, self._context, (file,)) / file
