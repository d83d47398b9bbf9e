"""A voice's file (.pth), read without running what may be in it, and its numbers under our network's names."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import VitsConfig

from speechlab import EngineUnavailable

from .network import Shape, Synthesizer

USUAL = ("", "contentvec", "hubert", "hubert_base")
"""What files call the encoder that most voices were trained with."""
LAYER = r"^enc_p\.encoder\.{}\.(\d+)\."
NAMES = (
    (r"^emb_g\.", "speakers."),
    (r"^enc_p\.emb_phone\.", "content."),
    (r"^enc_p\.emb_pitch\.", "pitch."),
    (r"^enc_p\.proj\.", "project."),
    (LAYER.format("attn_layers") + r"conv_([qkv])\.", r"encoder.\1.attention.\2_proj."),
    (LAYER.format("attn_layers") + r"conv_o\.", r"encoder.\1.attention.out_proj."),
    (LAYER.format("attn_layers") + r"emb_rel", r"encoder.\1.attention.emb_rel"),
    (LAYER.format("ffn_layers"), r"encoder.\1.feed_forward."),
    (LAYER.format("norm_layers_1"), r"encoder.\1.layer_norm."),
    (LAYER.format("norm_layers_2"), r"encoder.\1.final_layer_norm."),
    (r"\.gamma$", ".weight"),
    (r"\.beta$", ".bias"),
    (r"^(flow\.flows\.\d+)\.(pre|post)\.", r"\1.conv_\2."),
    (r"^(flow\.flows\.\d+)\.enc\.", r"\1.wavenet."),
    (r"^dec\.m_source\.l_linear\.", "decoder.merge."),
    (r"^dec\.ups\.", "decoder.upsampler."),
    (r"^dec\.", "decoder."),
)
"""RVC's names of numbers, and ours."""
GIVEN = re.compile(r"(\.weight)_([gv])$|\.parametrizations(\.weight)\.original([01])$")
"""A weight that is stored as a length and a direction, under its old and its new name."""


def load(file: Path, *, usual_encoder: bool) -> Synthesizer:
    """The voice in the file, ready to be used. ``usual_encoder`` is whether what is said will be heard by the encoder
    that most voices were trained with. Raises EngineUnavailable."""
    told = _read(file)
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
        weights = renamed(folded({name: tensor.float() for name, tensor in told["weight"].items()}))
        shape = _shape(told["config"], weights)
        with torch.device("meta"):
            voice = Synthesizer(shape)
        voice.load_state_dict(weights, assign=True)
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise EngineUnavailable(
            f"{file.name} is no voice of RVC's: {str(error).strip().partition(chr(10))[0]}",
            hint="give the file that RVC exports for use, mostly of 55 MB, not one that training goes on from",
        ) from error
    if shape.hop * 100 != shape.rate:
        raise EngineUnavailable(f"{file.name} has moments of other than 10 ms", hint="choose another voice")
    return voice.eval().requires_grad_(False)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        told = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise EngineUnavailable(
            f"{file.name} holds more than numbers, and reading it could run code", hint="choose another voice"
        ) from error
    except (OSError, EOFError, RuntimeError, ValueError) as error:
        raise EngineUnavailable(f"{file.name} is damaged", hint="fetch it again") from error
    if not isinstance(told, Mapping) or not {"weight", "config"} <= set(told):
        raise EngineUnavailable(
            f"{file.name} is no voice of RVC's",
            hint="give the file that RVC exports for use, mostly of 55 MB, not one that training goes on from",
        )
    return told


def folded(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Lengths and directions as the weights that they make."""
    plain = {name: tensor for name, tensor in weights.items() if not GIVEN.search(name)}
    parts: dict[str, dict[str, Tensor]] = {}
    for name in weights.keys() - plain.keys():
        found = GIVEN.search(name)
        assert found
        length = found.group(2) == "g" or found.group(4) == "0"
        whole = GIVEN.sub(found.group(1) or found.group(3), name)
        parts.setdefault(whole, {})["length" if length else "direction"] = weights[name]
    for name, part in parts.items():
        direction = part["direction"]
        plain[name] = direction * (part["length"] / direction.flatten(1).norm(dim=1)[:, None, None])
    return plain


def renamed(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same numbers under our names; those that are for training only are left out."""
    ours = {}
    for name, tensor in weights.items():
        if name.startswith("enc_q."):
            continue
        for theirs, here in NAMES:
            name = re.sub(theirs, here, name)
        # between its flows RVC counts the steps that only turn round the channels
        name = re.sub(r"^flow\.flows\.(\d+)", lambda found: f"flow.flows.{int(found.group(1)) // 2}", name)
        if re.search(r"\.attention\.\w+_proj\.weight$", name):
            tensor = tensor.squeeze(-1)
        ours[name] = tensor
    return ours


def _shape(config: Sequence[Any], weights: Mapping[str, Tensor]) -> Shape:
    """The eighteen values that RVC stores, in their order. What the numbers tell themselves is taken from them."""
    _, _, flow, hidden, filters, heads, layers, kernel, _, block, kernels, dilations, *rest = config
    rates, channels, wide, _, voice, rate = rest
    if str(block) != "1":
        raise ValueError("its blocks are of another kind")
    speakers, features = weights["speakers.weight"].shape[0], weights["content.weight"].shape[1]
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
    hertz = int(str(rate).replace("k", "000"))
    return Shape(vits, features, speakers, "pitch.weight" in weights, hertz)
