"""Tiny checkpoints with random weights, in the files that those of the hub have, and models converted from them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

import huggingface_hub.constants
import torch
import transformers
from speechlab_ctranslate2 import CTranslate2Params
from speechlab_ctranslate2.conversion import convert
from speechlab_ctranslate2.engine import CTranslate2

from speechlab import Context
from speechlab.testing import fetched
from tests import vocabularies

SMALL = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 1024,
    "init_std": 0.5,  # so that what comes out depends on what went in
}


def nllb(folder: Path) -> None:
    tokenizer = vocabularies.nllb()
    config = transformers.M2M100Config(
        vocab_size=len(tokenizer), **SMALL, pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2
    )
    transformers.M2M100ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def m2m100(folder: Path) -> None:
    tokenizer, size = vocabularies.m2m100(folder)
    config = transformers.M2M100Config(vocab_size=size, **SMALL)
    network = transformers.M2M100ForConditionalGeneration(config)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")  # as on the hub
    config.architectures = ["M2M100ForConditionalGeneration"]
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def marian(folder: Path, source: str = "en", target: str = "fr", tags: tuple[str, ...] = ()) -> None:
    tokenizer, pad = vocabularies.marian(folder, source, target, *tags)
    tokenizer.save_pretrained(folder)
    config = transformers.MarianConfig(
        vocab_size=pad + 1,
        **SMALL,
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=None,
    )
    model = transformers.MarianMTModel(config)
    model.generation_config.bad_words_ids = [[pad]]
    model.generation_config._from_model_config = False
    model.save_pretrained(folder)


def romance(folder: Path) -> None:
    marian(folder, "en", "ROMANCE", (">>fr<<", ">>pt_br<<", ">>es<<"))


def many(folder: Path) -> None:
    marian(folder, "ROMANCE", "en")
    (folder / "README.md").write_text("---\nlanguage: \n- it\n- ca\n- no\n- pt\n- roa\n- en\ntags:\n- x\n---\n# A\n")


def moe(folder: Path) -> None:
    nllb(folder)
    (folder / "config.json").write_text(json.dumps({"model_type": "nllb-moe", "architectures": ["NllbMoe"]}))


BUILDERS: dict[str, Callable[[Path], None]] = {
    "nllb-200-tiny": nllb,
    "m2m100-tiny": m2m100,
    "opus-mt-en-fr": marian,
    "opus-mt-en-ROMANCE": romance,
    "opus-mt-ROMANCE-en": many,
    "nllb-moe": moe,
}


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a checkpoint as on the hub; called with one of the names of ``BUILDERS``."""
    root = tmp_path_factory.mktemp("checkpoints")

    def build(name: str) -> Path:
        folder = root / name
        if not folder.exists():
            folder.mkdir()
            torch.manual_seed(3)  # one with which each of them says something, and heeds what it is told
            transformers.logging.set_verbosity_error()
            BUILDERS[name](folder)
        return folder

    return build


@pytest.fixture(scope="session")
def converted(checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a converted model; float32, unless told otherwise."""
    root = tmp_path_factory.mktemp("converted")

    def build(name: str, quantization: str = "float32") -> Path:
        folder = root / quantization / name
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            convert(checkpoint(name), folder, quantization, name)
        return folder

    return build


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path / "home", download=False)


@pytest.fixture
def load(converted: Callable[..., Path], context: Context) -> Iterator[Callable[..., CTranslate2]]:
    """A loaded model that was converted elsewhere; closed after the test."""
    loaded: list[CTranslate2] = []

    def engine(name: str, **params: Any) -> CTranslate2:
        loaded.append(CTranslate2(CTranslate2Params(model=str(converted(name)), device="cpu", **params), context))
        return loaded[-1]

    yield engine
    for one in loaded:
        one.close()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], Path]:
    """A hub's cache of our own, offline; called with a repository's name and its files, it gives the snapshot."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    return partial(fetched, tmp_path / "hub")
