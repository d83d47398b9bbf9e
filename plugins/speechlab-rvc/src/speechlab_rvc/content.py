"""What is said, as ContentVec hears it: a HuBERT that was taught to tell words, not speakers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from speechlab_transformers.files import locate
from speechlab_transformers.quiet import quiet
from torch import Tensor, nn
from transformers import HubertModel

from speechlab import Context, EngineUnavailable

FULL, SHORT = 12, 9
"""Of which layer voices of RVC v2, and of v1, are told."""


class _ContentVec(HubertModel):
    """With the layer behind it that makes its answers short."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.final_proj = nn.Linear(config.hidden_size, config.classifier_proj_size)
        self.post_init()


@dataclass(frozen=True)
class _Named:
    model: str
    revision: str | None = None


class Content:
    """The encoder, on its device."""

    def __init__(self, model: str, context: Context, device: torch.device) -> None:
        folder, safetensors = locate(_Named(model), context)
        self.device = device
        self._network, self._shortens = _load(folder, safetensors)
        self._network.to(device)
        config = self._network.config
        self._widths = {config.hidden_size: FULL}
        if self._shortens:
            self._widths[config.classifier_proj_size] = SHORT

    @torch.inference_mode()
    def of(self, samples: Tensor, width: int) -> Tensor:
        """What is said in sound at 16 kHz, shaped (samples,), every 20 ms: (moments, width).

        Raises EngineUnavailable for a width that it does not have.
        """
        layer = self._widths.get(width)
        if layer is None:
            raise EngineUnavailable(
                f"the voice wants to be told what is said in {width} numbers, and the encoder has"
                f" {' or '.join(map(str, self._widths))}",
                hint="give the encoder that it was trained with as `encoder`",
            )
        heard = self._network(samples[None].to(self.device), output_hidden_states=True).hidden_states[layer]
        return (self._network.final_proj(heard) if layer == SHORT else heard)[0]


def _load(folder: Path, safetensors: bool) -> tuple[Any, bool]:
    """The network, and whether it has the layer that makes its answers short."""
    try:
        with quiet():
            network, told = _ContentVec.from_pretrained(
                folder,
                dtype=torch.float32,
                use_safetensors=safetensors,
                weights_only=True,
                local_files_only=True,
                output_loading_info=True,
            )
    except (OSError, RuntimeError, ValueError) as error:
        raise EngineUnavailable(
            f"{folder} cannot be read as a HuBERT: {str(error).strip().partition(chr(10))[0]}", hint="fetch it again"
        ) from error
    missing = set(told["missing_keys"])
    if others := {name for name in missing if not name.startswith("final_proj.")} - {"masked_spec_embed"}:
        raise EngineUnavailable(f"{folder} lacks {min(others)}", hint="give the folder of a HuBERT as `encoder`")
    if network.config.num_hidden_layers < FULL:
        raise EngineUnavailable(
            f"{folder} has {network.config.num_hidden_layers} layers, of which the {FULL}th is needed",
            hint="give the folder of a HuBERT base as `encoder`",
        )
    return network.eval().requires_grad_(False), not missing & {"final_proj.weight", "final_proj.bias"}
