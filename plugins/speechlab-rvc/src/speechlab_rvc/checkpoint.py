"""A file of numbers (.pth), read without running what may be in it, and its numbers under our network's names."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from speechlab import EngineUnavailable

from .network import Synthesizer

Names = Sequence[tuple[str, str]]
LAYER = r"^enc_p\.encoder\.{}\.(\d+)\."
NAMES: Names = (
    (r"^emb_g\.", "speakers."),
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
"""What the voices of all kinds call their numbers, and what we do."""
GIVEN = re.compile(r"(\.weight)_([gv])$|\.parametrizations(\.weight)\.original([01])$")
"""A weight that is stored as a length and a direction, under its old and its new name."""


def read(file: Path) -> Mapping[str, Any]:
    """What is stored in it. Raises EngineUnavailable."""
    try:
        told = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise EngineUnavailable(
            f"{file.name} holds more than numbers, and reading it could run code", hint="choose another voice"
        ) from error
    except Exception as error:  # torch raises whatever its reader stumbles over
        raise EngineUnavailable(f"{file.name} is damaged", hint="fetch it again") from error
    return told if isinstance(told, Mapping) else {}


def fill(
    weights: Mapping[str, Tensor], names: Names, build: Callable[[Mapping[str, Tensor]], Synthesizer]
) -> Synthesizer:
    """The network that ``build`` makes for them, filled with the weights and ready to be used; ``names`` come before
    those that all voices have. Raises what torch raises where they do not fit."""
    whole = _renamed(_folded({name: tensor.float() for name, tensor in weights.items()}), (*names, *NAMES))
    with torch.device("meta"):
        voice = build(whole)
    voice.load_state_dict(whole, assign=True)
    return voice.eval().requires_grad_(False)


def _folded(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
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


def _renamed(weights: Mapping[str, Tensor], names: Names) -> dict[str, Tensor]:
    """The same numbers under our names; those that are for training only are left out."""
    ours = {}
    for name, tensor in weights.items():
        if name.startswith(("enc_q.", "f0_decoder.")):
            continue
        for theirs, here in names:
            name = re.sub(theirs, here, name)
        # between its flows it counts the steps that only turn round the channels
        name = re.sub(r"^flow\.flows\.(\d+)", lambda found: f"flow.flows.{int(found.group(1)) // 2}", name)
        if re.search(r"\.attention\.\w+_proj\.weight$", name):
            tensor = tensor.squeeze(-1)
        ours[name] = tensor
    return ours
