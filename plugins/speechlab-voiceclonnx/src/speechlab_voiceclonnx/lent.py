"""Weights that the host found, lent to a package that would fetch them itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import huggingface_hub

ONE = threading.Lock()


@contextmanager
def lent(hub: str, folder: Path) -> Iterator[None]:
    """Whoever asks the hub's client for a file of this repository, is told where it lies in the folder; all other
    files are asked for as ever."""
    with ONE:
        fetch = huggingface_hub.hf_hub_download

        def found(repo_id: str, filename: str, **how: Any) -> str:
            return str(folder / filename) if repo_id == hub else str(fetch(repo_id, filename, **how))

        huggingface_hub.hf_hub_download = found
        try:
            yield
        finally:
            huggingface_hub.hf_hub_download = fetch
