"""A voice of RVC's, v1 or v2: what is said in 256 or 768 numbers, and its pitch where it is told that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from transformers import VitsConfig

from speechlab import EngineUnavailable

from .checkpoint import fill, read
from .network import SLOPE, Shape, Synthesizer, stepped

USUAL = ("", "contentvec", "hubert", "hubert_base")
"""What files call the encoder that most voices were trained with."""
NAMES = ((r"^enc_p\.emb_phone\.", "content."), (r"^enc_p\.emb_pitch\.", "pitch."))
TWICE = 2
"""Moments in one of the encoder."""
EXPORTED = "give the file that RVC exports for use, mostly of 55 MB, not one that training goes on from"


class RvcVoice(Synthesizer):
    """The voice."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.content = nn.Linear(shape.features, shape.config.hidden_size)

    def moments(self, heard: int, seconds: float) -> int:
        return TWICE * heard

    def meant(self, content: Tensor, hertz: Tensor | None) -> tuple[Tensor, Tensor | None]:
        hidden = self.content(content[None])
        if hertz is not None:
            hidden = hidden + self.pitch(stepped(hertz)[None])
        return leaky_relu(hidden * sqrt(self.shape.config.hidden_size), SLOPE), hertz


def load(file: Path, *, usual_encoder: bool) -> RvcVoice:
    """The voice in the file, ready to be used. ``usual_encoder`` is whether what is said will be heard by the encoder
    that most voices were trained with. Raises EngineUnavailable."""
    told = read(file)
    if not {"weight", "config"} <= set(told):
        raise EngineUnavailable(f"{file.name} is no voice of RVC's", hint=EXPORTED)
    embedder = str(told.get("embedder_model") or "")
    if usual_encoder and embedder not in USUAL:
        raise EngineUnavailable(
            f"{file.name} was trained on what {embedder} hears, not ContentVec", hint="give that one as `encoder`"
        )
    vocoder = str(told.get("vocoder") or "HiFi-GAN")
    if vocoder != "HiFi-GAN":
        raise EngineUnavailable(
            f"{file.name} was trained with {vocoder}", hint="choose a voice that was trained with HiFi-GAN, as most are"
        )
    try:
        voice = fill(told["weight"], NAMES, lambda weights: RvcVoice(_shape(told["config"], weights)))
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise EngineUnavailable(f"{file.name} is no voice of RVC's: {reason}", hint=EXPORTED) from error
    if voice.shape.hop * 100 != voice.shape.rate:
        raise EngineUnavailable(f"{file.name} has moments of other than 10 ms", hint="choose another voice")
    return voice


def _shape(config: Sequence[Any], weights: Mapping[str, Tensor]) -> Shape:
    """The eighteen values that RVC stores, in their order. What the numbers tell themselves is taken from them."""
    _, _, flow, hidden, filters, heads, layers, kernel, _, block, kernels, dilations, *rest = config
    rates, channels, wide, _, voice, rate = rest
    if str(block) != "1":
        raise ValueError("its blocks are of another kind")
    vits = VitsConfig(
        hidden_size=hidden,
        flow_size=flow,
        ffn_dim=filters,
        ffn_kernel_size=kernel,
        num_attention_heads=heads,
        num_hidden_layers=layers,
        window_size=10,
        prior_encoder_num_flows=4,
        prior_encoder_num_wavenet_layers=3,
        speaker_embedding_size=voice,
        resblock_kernel_sizes=kernels,
        resblock_dilation_sizes=dilations,
        upsample_rates=rates,
        upsample_initial_channel=channels,
        upsample_kernel_sizes=wide,
    )
    return Shape(
        vits,
        features=weights["content.weight"].shape[1],
        speakers=weights["speakers.weight"].shape[0],
        rate=int(str(rate).replace("k", "000")),
        tones=int("pitch.weight" in weights),
    )
