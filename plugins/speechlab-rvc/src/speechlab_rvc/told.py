"""What So-VITS-SVC tells of its voices in a file beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def configuration(file: Path) -> Mapping[str, Any]:
    """What is told of the voices beside it; empty where it is no configuration of So-VITS-SVC's."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("spk"), dict) else {}
