"""What a run has done so far, kept on disk piece by piece, so that a broken run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .files import atomic_write
from .pipeline import Step
from .types import AudioChunk, Event, Progress
from .types.codec import dump, load

LAYOUT = 1
"""Raised when the meaning of a kept log changes, so that older ones are not read."""


def key(steps: Sequence[Step], *extra: Any) -> str:
    """A name for the results of these steps: equal only where engine, version and every parameter are."""
    described = json.dumps([LAYOUT, [step.key for step in steps], extra], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:24]


class Checkpoints:
    """Event logs of one recording under ``root/<digest>/<key>/<piece>.jsonl``, without the sound."""

    def __init__(self, root: Path, digest: str) -> None:
        self.folder = root / digest

    def get(self, key: str, piece: int) -> list[Event] | None:
        """The log of one piece, or None where there is none that can be read."""
        try:
            lines = self._path(key, piece).read_text(encoding="utf-8").splitlines()
            return list(load(lines))
        except (OSError, ValueError):
            return None  # absent, or written by an older version: the piece is computed

    def keep(self, key: str, piece: int, events: Iterable[Event]) -> None:
        """Write the log of a finished piece, whole or not at all."""
        path = self._path(key, piece)
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, "".join(f"{line}\n" for line in dump(events)).encode())

    def forget(self, *keys: str) -> None:
        """Delete what is kept under these keys."""
        for one in keys:
            shutil.rmtree(self.folder / one, ignore_errors=True)
        with suppress(OSError):
            self.folder.rmdir()  # only once it is empty

    def _path(self, key: str, piece: int) -> Path:
        return self.folder / key / f"{piece:05d}.jsonl"


def recorded(events: Iterable[Event], checkpoints: Checkpoints, key: str, piece: int) -> Iterator[Event]:
    """The same events; once they are over, their log is kept."""
    log: list[Event] = []
    for event in events:
        if not isinstance(event, AudioChunk | Progress):
            log.append(event)
        yield event
    checkpoints.keep(key, piece, log)
