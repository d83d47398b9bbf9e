"""Where a model's files lie: the folder or hub id that a user names, and which of its files are needed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from speechlab import Context, EngineUnavailable, Weights

CONFIG = "config.json"
CONVERTED = "model.bin"
CARD = ("*.json", "*.txt", "*.model", "*.spm", "README.md")
"""The small files: configuration, vocabulary, tokenizer, and the text that names the languages of some."""
SAFE, PICKLED = "model.safetensors", "pytorch_model.bin"
HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")


def checkpoint(model: str, *files: str) -> Weights:
    """A repository on the hub, of which these files are needed beside the small ones."""
    return Weights(id=model, files=(CONFIG, *files), optional=CARD, hub=model)


@dataclass(frozen=True)
class Source:
    """What ``model`` names: a local folder where there is one or it is written as one, else a hub id."""

    model: str
    revision: str | None = None

    @property
    def folder(self) -> Path | None:
        """The user's own folder, if it is one."""
        local = Path(self.model).expanduser()
        return local if local.is_dir() or not HUB_ID.fullmatch(self.model) else None

    @property
    def slug(self) -> str:
        """A name for what is made of it, another for each other model."""
        if self.folder is not None:
            path = str(self.folder.resolve())
            return f"{self.folder.resolve().name}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
        return self.model.replace("/", "--") + (f"@{self.revision.replace('/', '--')}" if self.revision else "")

    def card(self, context: Context) -> Path:
        """The folder with at least the small files. Raises EngineUnavailable."""
        return self._ask(context)

    def converted(self, context: Context) -> Path:
        """The folder of a model that was converted already. Raises EngineUnavailable."""
        return self._ask(context, CONVERTED)

    def checkpoint(self, context: Context) -> tuple[Path, list[str]]:
        """The folder of a whole checkpoint, and the files with its weights, all shards of them.

        Raises EngineUnavailable. Safetensors come first; many older translators have only pickled weights, which torch
        reads without running any code in them.
        """
        try:
            return self._weights(replace(context, download=False), self.card(context))
        except EngineUnavailable:
            if not context.download:
                raise
        return self._weights(context, self.card(context))

    def _weights(self, context: Context, card: Path) -> tuple[Path, list[str]]:
        refused: EngineUnavailable | None = None
        for name in (SAFE, PICKLED):
            index = card / f"{name}.index.json"
            files = sorted(set(read(index)["weight_map"].values())) if index.exists() else [name]
            try:
                return self._ask(context, *files), files
            except EngineUnavailable as error:
                refused = refused or error
        assert refused is not None
        raise refused

    def _ask(self, context: Context, *files: str) -> Path:
        if self.folder is not None:
            return context.weights(Weights(id=self.model, files=(CONFIG, *files)), folder=str(self.folder))
        return context.weights(replace(checkpoint(self.model, *files), revision=self.revision))


def is_converted(folder: Path) -> bool:
    """Whether a folder, of which maybe only the small files are here, holds a model for CTranslate2."""
    return "model_type" not in read(folder / CONFIG)


def read(path: Path) -> Mapping[str, Any]:
    """A file with a JSON object, empty where there is no such file. Raises EngineUnavailable for any other file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (ValueError, OSError) as error:
        raise EngineUnavailable(f"{path} cannot be read: {error}", hint="fetch the model again") from error
    if not isinstance(found, dict):
        raise EngineUnavailable(f"{path} holds no JSON object", hint="fetch the model again")
    return found
