"""Tiny voices and a tiny encoder with the names and the layout of the real ones, made here, so that the same code loads
them. Their speech is noise; its form is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from speechlab_rvc import CONTENTVEC

from speechlab import Audio, Context
from speechlab.testing import one_thread

if any(find_spec(name) is None for name in ("torch", "transformers", "pyworld", "swift_f0")):
    collect_ignore_glob = ["src/speechlab_rvc/[a-z]*.py", "tests/*"]  # all else needs them

FULL, SHORT = 32, 8
"""Numbers that the tiny encoder tells voices of v2, and of v1."""
UPWARD = {"rvc": ((10, 8, 2), (20, 16, 4)), "sovits": ((8, 8, 2), (16, 16, 4))}
"""How the tiny decoders of both kinds go from moments to samples."""
FLOW, HIDDEN, INNER, HEADS, LAYERS, CHANNELS, VOICE, SPEAKERS = 8, 16, 32, 2, 2, 16, 8, 3
REVISION = "0" * 40


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a HuBERT with its last layer, stored as the hub's is: pickled, under the old names of its norms."""
    import torch
    from transformers import HubertConfig, HubertModel

    folder = tmp_path_factory.mktemp("encoder")
    config = HubertConfig(
        hidden_size=FULL,
        num_hidden_layers=12,
        num_attention_heads=2,
        intermediate_size=FULL,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=SHORT,
    )
    torch.manual_seed(1)
    weights = HubertModel(config).state_dict()
    weights |= {"final_proj.weight": torch.randn(SHORT, FULL), "final_proj.bias": torch.randn(SHORT)}
    norm = "encoder.pos_conv_embed.conv"
    for number, old in enumerate("gv"):
        weights[f"{norm}.weight_{old}"] = weights.pop(f"{norm}.parametrizations.weight.original{number}")
    config.save_pretrained(folder)
    torch.save(weights, folder / "pytorch_model.bin")
    return folder


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a voice of v2, one of v1 that is told no pitch, one with an index, and two of So-VITS-SVC's."""
    folder = tmp_path_factory.mktemp("voices")
    save(folder / "ada.pth", stored(1))
    save(folder / "bob.pth", stored(2, version="v1", pitched=False))
    (folder / "cyd").mkdir()
    save(folder / "cyd" / "cyd.pth", stored(3))
    np.save(folder / "cyd" / "total_fea.npy", np.random.default_rng(3).normal(size=(40, FULL)).astype(np.float32))
    keep(folder / "two", stored_sovits(4))
    return folder


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A host that downloads nothing."""
    return Context(tmp_path / "home", download=False)


@pytest.fixture
def hub(encoder: Path, voices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache, as if the encoder and a repository with voices had been fetched."""
    files = {CONTENTVEC: (encoder, ["config.json", "pytorch_model.bin"])}
    files["some/voices"] = (
        voices,
        ["ada.pth", "bob.pth", "cyd/cyd.pth", "cyd/total_fea.npy", "two/G_900.pth", "two/config.json"],
    )
    for repository, (source, names) in files.items():
        place = tmp_path / "hub" / f"models--{repository.replace('/', '--')}"
        (place / "refs").mkdir(parents=True)
        (place / "refs" / "main").write_text(REVISION)
        for name in names:
            file = place / "snapshots" / REVISION / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes((source / name).read_bytes())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture(scope="session", name="hum")
def _hum() -> Callable[..., Audio]:
    """What makes a voice without words."""
    return hum


@pytest.fixture(scope="session", name="stored")
def _stored() -> Callable[..., dict[str, Any]]:
    """What makes the content of a voice's file."""
    return stored


@pytest.fixture(scope="session", name="stored_sovits")
def _stored_sovits() -> Callable[..., Any]:
    """What makes the content of the files of So-VITS-SVC's voices."""
    return stored_sovits


@pytest.fixture(scope="session", name="keep")
def _keep() -> Callable[..., None]:
    """What writes those into a folder."""
    return keep


def hum(seconds: float, pitch: float, rate: int = 16_000, start: float = 0.0) -> Audio:
    """Harmonics that swell and fade."""
    at = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 8))
    return Audio((0.2 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))).astype(np.float32), rate, start)


def save(file: Path, told: Mapping[str, Any]) -> None:
    """As RVC does."""
    import torch

    torch.save(dict(told), file)


def stored(seed: int, *, version: str = "v2", pitched: bool = True) -> dict[str, Any]:
    """What RVC stores in a voice's file."""
    import torch

    rates, wide = UPWARD["rvc"]
    numbers = _numbers(seed, _rvc(SHORT if version == "v1" else FULL, pitched))
    return {
        "weight": {name: torch.from_numpy(number).half() for name, number in numbers.items()},
        "config": [
            *(1025, 32, FLOW, HIDDEN, INNER, HEADS, LAYERS, 3, 0, "1", [3, 5], [[1, 3, 5], [1, 3, 5]]),
            *(list(rates), CHANNELS, list(wide), 109, VOICE, 16_000),
        ],
        "info": "20epoch",
        "sr": "16k",
        "f0": int(pitched),
        "version": version,
    }


def stored_sovits(seed: int, *, features: int = FULL) -> tuple[dict[str, Any], dict[str, Any]]:
    """What So-VITS-SVC stores in the file of its voices, and in their configuration."""
    import torch

    rates, wide = UPWARD["sovits"]
    numbers = _numbers(seed, _sovits(features))
    told = {
        "model": {
            **{"inter_channels": FLOW, "hidden_channels": HIDDEN, "filter_channels": INNER, "n_heads": HEADS},
            **{"n_layers": LAYERS, "kernel_size": 3, "resblock": "1", "resblock_kernel_sizes": [3, 5]},
            **{"resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5]], "upsample_rates": rates, "p_dropout": 0.1},
            **{"upsample_initial_channel": CHANNELS, "upsample_kernel_sizes": wide, "gin_channels": VOICE},
            **{"ssl_dim": features, "n_speakers": SPEAKERS},
        },
        "data": {"sampling_rate": 16_000, "hop_length": 128},
        "spk": {"dot": 0, "eve": 2},
    }
    weights = {name: torch.from_numpy(number) for name, number in numbers.items()}
    return {"model": weights, "iteration": 9, "optimizer": None, "learning_rate": 1e-4}, told


def keep(folder: Path, stored: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """As So-VITS-SVC does."""
    folder.mkdir(parents=True)
    save(folder / "G_900.pth", stored[0])
    (folder / "config.json").write_text(json.dumps(stored[1]), encoding="utf-8")


Shapes = Iterator[tuple[str, tuple[int, ...]]]


def _numbers(seed: int, shapes: Shapes) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    return {name: _some(random, name, shape) for name, shape in shapes}


def _some(random: np.random.Generator, name: str, shape: Sequence[int]) -> np.ndarray[Any, Any]:
    if name.endswith(("weight_g", "gamma")):
        return np.abs(random.normal(1.0, 0.2, shape)).astype(np.float32)
    return (0.3 * random.standard_normal(shape)).astype(np.float32)


def _rvc(features: int, pitched: bool) -> Shapes:
    """The name and the shape of each array of RVC's."""
    yield "enc_p.emb_phone.weight", (HIDDEN, features)
    yield "enc_p.emb_phone.bias", (HIDDEN,)
    if pitched:
        yield "enc_p.emb_pitch.weight", (256, HIDDEN)
    yield from _encoder("enc_p.encoder", near=10)
    yield from _conv("dec.conv_pre", CHANNELS, FLOW, 7)
    yield from _decoder(*UPWARD["rvc"], tones=int(pitched))
    yield "dec.conv_post.weight", (1, CHANNELS >> 3, 7)
    yield from _flow(layers=3)


def _sovits(features: int) -> Shapes:
    """The name and the shape of each array of So-VITS-SVC's."""
    yield from _conv("pre", HIDDEN, features, 5)
    yield "emb_uv.weight", (2, HIDDEN)
    yield "enc_p.f0_emb.weight", (256, HIDDEN)
    yield from _encoder("enc_p.enc_", near=4)
    yield from _normed("dec.conv_pre", CHANNELS, FLOW, 7)
    yield from _decoder(*UPWARD["sovits"], tones=9)
    yield from _normed("dec.conv_post", 1, CHANNELS >> 3, 7)
    yield from _flow(layers=4)
    yield "f0_decoder.proj.bias", (1,)  # for singing without a pitch, which nobody does here


def _conv(name: str, out: int, into: int, width: int) -> Shapes:
    yield f"{name}.weight", (out, into, width)
    yield f"{name}.bias", (out,)


def _normed(name: str, out: int, into: int, width: int) -> Shapes:
    yield f"{name}.bias", (into if ".ups." in name else out,)
    yield f"{name}.weight_g", (out, 1, 1)
    yield f"{name}.weight_v", (out, into, width)


def _encoder(name: str, *, near: int) -> Shapes:
    for layer in range(LAYERS):
        attention = f"{name}.attn_layers.{layer}"
        for part in "kv":
            yield f"{attention}.emb_rel_{part}", (1, 2 * near + 1, HIDDEN // HEADS)
        for part in "qkvo":
            yield from _conv(f"{attention}.conv_{part}", HIDDEN, HIDDEN, 1)
        for number in (1, 2):
            for part in ("gamma", "beta"):
                yield f"{name}.norm_layers_{number}.{layer}.{part}", (HIDDEN,)
        yield from _conv(f"{name}.ffn_layers.{layer}.conv_1", INNER, HIDDEN, 3)
        yield from _conv(f"{name}.ffn_layers.{layer}.conv_2", HIDDEN, INNER, 3)
    yield from _conv("enc_p.proj", 2 * FLOW, HIDDEN, 1)


def _decoder(rates: Sequence[int], wide: Sequence[int], *, tones: int) -> Shapes:
    if tones:
        yield "dec.m_source.l_linear.weight", (1, tones)
        yield "dec.m_source.l_linear.bias", (1,)
    stride = int(np.prod(rates))
    for number, (rate, width) in enumerate(zip(rates, wide, strict=True)):
        stride, channels = stride // rate, CHANNELS >> (number + 1)
        yield from _normed(f"dec.ups.{number}", 2 * channels, channels, width)
        if tones:
            yield from _conv(f"dec.noise_convs.{number}", channels, 1, 2 * stride if stride > 1 else 1)
        for block, kernel in enumerate((3, 5)):
            for part in (1, 2):
                for step in range(3):
                    name = f"dec.resblocks.{2 * number + block}.convs{part}.{step}"
                    yield from _normed(name, channels, channels, kernel)
    yield from _conv("dec.cond", CHANNELS, VOICE, 1)


def _flow(*, layers: int) -> Shapes:
    for number in range(4):
        flow = f"flow.flows.{2 * number}"
        yield from _conv(f"{flow}.pre", HIDDEN, FLOW // 2, 1)
        yield from _normed(f"{flow}.enc.cond_layer", 2 * layers * HIDDEN, VOICE, 1)
        for layer in range(layers):
            yield from _normed(f"{flow}.enc.in_layers.{layer}", 2 * HIDDEN, HIDDEN, 5)
            out = HIDDEN * (2 if layer < layers - 1 else 1)
            yield from _normed(f"{flow}.enc.res_skip_layers.{layer}", out, HIDDEN, 1)
        yield from _conv(f"{flow}.post", FLOW // 2, HIDDEN, 1)
    yield "emb_g.weight", (SPEAKERS, VOICE)
