"""What a run has done so far, kept on disk piece by piece, so that a broken run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import OutputError
from .files import atomic_write
from .pipeline import Step
from .types import AudioChunk, Event, HeardChunk, Progress
from .types.codec import dump, load

KEPT = 7 * 24 * 3600.0
"""Seconds for which an unfinished run can be resumed: a week."""
LAYOUT = 1
"""Raised when the meaning of a kept log changes, so that older ones are not read."""


def key(steps: Sequence[Step], *extra: Any) -> str:
    """A name for the results of these steps: equal only where engine, version and every parameter are."""
    described = json.dumps([LAYOUT, [step.key for step in steps], extra], sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:24]


class Checkpoints:
    """Event logs of one recording under ``root/<digest>/<key>/<piece>.jsonl``, without the sound; for its owner alone.

    They are a help, never a condition: where they cannot be written a run goes on, and says so once.
    """

    def __init__(self, root: Path, digest: str, report: Callable[[str], None] = lambda message: None) -> None:
        self.root = root
        self.folder = root / digest
        self._report = report
        self._writable = True

    def get(self, key: str, piece: int) -> list[Event] | None:
        """The log of one piece, or None where there is none that can be read."""
        try:
            lines = self._path(key, piece).read_text(encoding="utf-8").splitlines()
            return list(load(lines))
        except (OSError, ValueError):
            return None  # absent, or written by an older version: the piece is computed

    def keep(self, key: str, piece: int, events: Iterable[Event]) -> None:
        """Write the log of a finished piece, whole or not at all."""
        if not self._writable:
            return
        path = self._path(key, piece)
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write(path, "".join(f"{line}\n" for line in dump(events)).encode(), private=True)
        except FileNotFoundError:
            pass  # another run of the same recording has just finished and taken its folder away
        except (OSError, OutputError, TypeError, ValueError) as error:
            self._writable = False
            self._report(f"this run cannot be resumed, since its checkpoints cannot be kept: {error}")

    def forget(self, *keys: str) -> None:
        """Delete what is kept under these keys."""
        for key in keys:
            shutil.rmtree(self.folder / key, ignore_errors=True)
        with suppress(OSError):
            self.folder.rmdir()  # only once it is empty

    def expire(self) -> None:
        """Delete what unfinished runs of any recording left behind longer than ``KEPT`` ago."""
        with suppress(OSError):
            for folder in self.root.iterdir():
                if time.time() - folder.stat().st_mtime > KEPT:
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, key: str, piece: int) -> Path:
        return self.folder / key / f"{piece:05d}.jsonl"


def recorded(events: Iterable[Event], checkpoints: Checkpoints, key: str, piece: int) -> Iterator[Event]:
    """The same events; once they are over, their log is kept."""
    log: list[Event] = []
    for event in events:
        if not isinstance(event, AudioChunk | HeardChunk | Progress):
            log.append(event)
        yield event
    checkpoints.keep(key, piece, log)
