"""Where a checkpoint's files are: the user's own folder, the hub's cache or the hub, found without loading anything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from speechlab import Context, EngineUnavailable, Weights, present

HUB_ID = re.compile(r"\w[\w.-]*(/[\w.-]+)?")
CONFIG = "config.json"
CARD = ("*.json", "*.txt", "*.model", "*.spm")
"""The small files of a checkpoint: configuration, tokenizer, feature extractor."""
SAFE, PICKLED = "model.safetensors", "pytorch_model.bin"
SAFE_INDEX, PICKLED_INDEX = f"{SAFE}.index.json", f"{PICKLED}.index.json"


class Named(Protocol):
    """The parameters that say which checkpoint is meant."""

    @property
    def model(self) -> str: ...
    @property
    def revision(self) -> str | None: ...


def hub_weights(model: str, file: str = SAFE) -> Weights:
    """The files of a checkpoint on the hub that is stored in one file, as most are."""
    return Weights(id=model, files=(CONFIG, file), optional=CARD, hub=model)


def ask(params: Named, context: Context, files: Sequence[str], optional: Sequence[str] = ()) -> Path:
    """The folder with these files of the checkpoint; fetched where that is allowed. Raises EngineUnavailable."""
    own = own_folder(params.model)
    weights = Weights(
        id=params.model,
        files=files,
        optional=optional,
        hub="" if own else params.model,
        revision=params.revision,
    )
    return context.weights(weights, folder=str(own) if own else None)


def own_folder(model: str) -> Path | None:
    """The user's own folder, where ``model`` is one or is written as one; else it is a hub id."""
    local = Path(model).expanduser()
    return local if local.is_dir() or not HUB_ID.fullmatch(model) else None


def locate(params: Named, context: Context) -> tuple[Path, bool]:
    """The checkpoint's folder with its weights, all shards of them, and whether they are safetensors.

    What is here is taken without asking the hub. An old checkpoint that has only pickled weights is read by torch's
    restricted unpickler (``weights_only``), which takes tensors and runs no code. Raises EngineUnavailable.
    """
    try:
        return _whole(params, replace(context, download=False))
    except EngineUnavailable:
        if not context.download:
            raise
    return _whole(params, context)


def here(params: Named, context: Context) -> Path | None:
    """The checkpoint's folder if it is here with its weights; tells at once where it is not."""
    if own_folder(params.model) is None:
        layouts = (SAFE, SAFE_INDEX, PICKLED, PICKLED_INDEX)
        if not any(present(hub_weights(params.model, file), context.home) for file in layouts):
            return None
    try:
        return locate(params, replace(context, download=False))[0]
    except EngineUnavailable:
        return None


def read(path: Path) -> Mapping[str, Any]:
    """A JSON object that a checkpoint may lack; empty then, and where it is damaged: loading tells of that."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole(params: Named, context: Context) -> tuple[Path, bool]:
    try:
        return ask(params, context, (CONFIG, SAFE), CARD), True
    except EngineUnavailable as error:
        in_one_file = error
    try:
        folder = ask(params, replace(context, download=False), (CONFIG,))  # by now fetched, if it can be
    except EngineUnavailable:
        raise in_one_file from None
    if (folder / SAFE_INDEX).exists():
        return ask(params, context, _shards(folder / SAFE_INDEX)), True
    pickled = folder / PICKLED_INDEX
    try:
        return ask(params, context, _shards(pickled) if pickled.exists() else (PICKLED,)), False
    except EngineUnavailable:
        raise in_one_file from None  # that is what to get


def _shards(index: Path) -> list[str]:
    names: Mapping[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    return sorted(set(names.values()))
