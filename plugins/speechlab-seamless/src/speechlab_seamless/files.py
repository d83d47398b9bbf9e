"""A checkpoint's files, by way of the host: the user's own folder, the hub's cache, or the hub."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from speechlab import Context, Weights

from . import CARD, SeamlessParams

HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")
INDEX = "model.safetensors.index.json"
TOLD = ("config.json", "generation_config.json")
"""What it is, and which languages it knows."""


def own_folder(params: SeamlessParams) -> str | None:
    """The folder that the model names, if it names no repository on the hub."""
    local = Path(params.model).expanduser()
    return str(local) if local.is_dir() or not HUB_ID.fullmatch(params.model) else None


def weights(params: SeamlessParams, files: Sequence[str] = TOLD) -> Weights:
    """These files of the checkpoint, and the small ones that come along."""
    hub = "" if own_folder(params) else params.model
    return Weights(id=params.model, files=files, optional=CARD, hub=hub, revision=params.revision)


def ask(params: SeamlessParams, context: Context, files: Sequence[str] = TOLD) -> Path:
    """The folder with these files of the checkpoint. Raises EngineUnavailable."""
    return context.weights(weights(params, files), folder=own_folder(params))


def whole(params: SeamlessParams, context: Context) -> Path:
    """The folder with all of the checkpoint that is needed, and not with its twins in other formats."""
    index = ask(params, context) / INDEX
    if not index.exists():
        return ask(params, context, (*TOLD, "model.safetensors"))
    shards: dict[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    return ask(params, context, (*TOLD, *sorted(set(shards.values()))))
