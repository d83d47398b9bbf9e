"""A voice of So-VITS-SVC 4, one of the speakers of a file with a configuration beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import VitsConfig

from speechlab import EngineUnavailable

from .checkpoint import fill, read
from .network import Shape, Synthesizer, stepped
from .told import configuration

NAMES = (
    (r"^emb_uv\.", "voiced."),
    (r"^pre\.", "content."),
    (r"^enc_p\.f0_emb\.", "pitch."),
    (r"^enc_p\.enc_\.", "enc_p.encoder."),
)
OTHER = {
    "vol_embedding": (False,),
    "use_transformer_flow": (False,),
    "use_depthwise_conv": (False,),
    "flow_share_parameter": (False,),
    "type_": ("hifi-gan",),
    "vocoder_name": ("nsf-hifigan",),
    "speech_encoder": ("vec256l9", "vec768l12"),
}
"""What a configuration may say, where it does, of the networks that are known here."""


class SovitsVoice(Synthesizer):
    """The voice. Its source hums on where there is no pitch, and is told so."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape, biased=True)
        self.content = nn.Conv1d(shape.features, shape.config.hidden_size, 5, padding=2)
        self.voiced = nn.Embedding(2, shape.config.hidden_size)

    def moments(self, heard: int, seconds: float) -> int:
        return round(seconds * self.shape.rate) // self.shape.hop

    def meant(self, content: Tensor, hertz: Tensor | None) -> tuple[Tensor, Tensor | None]:
        assert hertz is not None
        voiced, source = hertz > 0, _glided(hertz)
        hidden = self.content(content.T[None]).transpose(1, 2)
        return hidden + (self.voiced(voiced.long()) + self.pitch(stepped(source)))[None], source


def load(file: Path, config: Path) -> SovitsVoice:
    """The voices in the file, ready to be used. Raises EngineUnavailable."""
    told = configuration(config)
    model = told.get("model", {})
    for name, known in OTHER.items():
        if model.get(name, known[0]) not in known:
            raise EngineUnavailable(
                f"{file.name} was trained with {name} {model[name]}, which is not known here",
                hint="choose a voice that was trained as So-VITS-SVC 4 comes",
            )
    stored = read(file)
    try:
        return fill(stored["model"], NAMES, lambda weights: SovitsVoice(_shape(told, weights)))
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise EngineUnavailable(
            f"{file.name} is no voice of So-VITS-SVC's: {reason}",
            hint="give the file that it calls G_..., with its own config.json beside it",
        ) from error


def _shape(told: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Shape:
    model = told["model"]
    if str(model["resblock"]) != "1":
        raise ValueError("its blocks are of another kind")
    vits = VitsConfig(
        hidden_size=model["hidden_channels"],
        flow_size=model["inter_channels"],
        ffn_dim=model["filter_channels"],
        ffn_kernel_size=model["kernel_size"],
        num_attention_heads=model["n_heads"],
        num_hidden_layers=model["n_layers"],
        window_size=4,
        prior_encoder_num_flows=4,
        prior_encoder_num_wavenet_layers=4,
        speaker_embedding_size=model["gin_channels"],
        resblock_kernel_sizes=model["resblock_kernel_sizes"],
        resblock_dilation_sizes=model["resblock_dilation_sizes"],
        upsample_rates=model["upsample_rates"],
        upsample_initial_channel=model["upsample_initial_channel"],
        upsample_kernel_sizes=model["upsample_kernel_sizes"],
    )
    return Shape(
        vits,
        features=weights["content.weight"].shape[1],
        speakers=weights["speakers.weight"].shape[0],
        rate=int(told["data"]["sampling_rate"]),
        tones=weights["decoder.merge.weight"].shape[1],
        lively=0.4,
    )


def _glided(hertz: Tensor) -> Tensor:
    """The pitch, led on in a straight line where there is none."""
    known = hertz.cpu().numpy()
    at = np.flatnonzero(known)
    if not len(at):
        return hertz
    return torch.from_numpy(np.interp(np.arange(len(known)), at, known[at])).to(hertz)
