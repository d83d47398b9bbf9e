"""Weights where huggingface_hub looks for them, as if they had been fetched: a test then needs no network."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

REVISION = "0" * 40
"""The commit that ``main`` is."""


def fetched(cache: Path, repository: str, folder: Path, names: Iterable[str] | None = None) -> Path:
    """Copy the files of a folder into a cache of the hub, under a repository's name, and give the snapshot.

    They lie as huggingface_hub lays them: each a link to a blob, under a revision to which ``main`` refers. ``names``:
    only these files, as paths inside the folder. Set ``huggingface_hub.constants.HF_HUB_CACHE`` to the cache, and
    ``HF_HUB_OFFLINE`` to true.
    """
    place = cache / f"models--{repository.replace('/', '--')}"
    blobs, refs, snapshot = place / "blobs", place / "refs", place / "snapshots" / REVISION
    for made in (blobs, refs, snapshot):
        made.mkdir(parents=True)
    (refs / "main").write_text(REVISION)
    if names is None:
        names = (str(file.relative_to(folder)) for file in sorted(folder.rglob("*")) if file.is_file())
    for number, name in enumerate(names):
        blob, link = blobs / f"{number:040x}", snapshot / name
        shutil.copy(folder / name, blob)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    return snapshot
