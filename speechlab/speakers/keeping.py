"""Edits on disk: one small file for each recording and owner, by which names outlive the run they were given in."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..files import atomic_write
from ..types import Span
from .edits import Assign, Edit, Edits, Merge, Rename, Stretch
from .rerun import Times

KEPT = 365 * 24 * 3600.0
"""Seconds for which names are kept after the last edit: a year."""
LAYOUT = 1
"""Raised when the meaning of the file changes, so that older ones are not read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a recording's speakers from before."""

    edits: Edits = field(default_factory=Edits)
    times: Times = field(default_factory=dict)
    """When each spoke, by the label that the edits know them by."""


class Shelf:
    """The file of one recording and owner, readable by its owner alone. It holds names and times, no sound or text."""

    def __init__(self, root: Path, digest: str, owner: str = "") -> None:
        """``root`` is the lab's folder for speakers; ``digest`` tells the recording from others."""
        name = hashlib.sha256(f"{owner}\0{digest}".encode()).hexdigest()[:32]
        self.path = root / f"{name}.json"

    def load(self) -> Kept:
        """What was kept; nothing where there is nothing that can be read."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            if told["layout"] != LAYOUT:
                return Kept()
            return Kept(
                Edits(tuple(_edit(one) for one in told["edits"])),
                {str(who): [Span(*span) for span in spans] for who, spans in told["times"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Kept()

    def keep(self, kept: Kept) -> None:
        """Write it, whole or not at all; where there are no edits, nothing is kept. Raises OutputError."""
        if not len(kept.edits):
            self._forget()
            return
        told = {
            "layout": LAYOUT,
            "edits": [_told(edit) for edit in kept.edits],
            "times": {who: [[span.start, span.end] for span in spans] for who, spans in kept.times.items()},
        }
        folder(self.path.parent)
        expire(self.path.parent)
        atomic_write(self.path, json.dumps(told, ensure_ascii=False, allow_nan=False).encode(), private=True)

    def _forget(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be deleted: {error.strerror}", hint="make the lab's own folder writable"
            ) from error


def expire(root: Path) -> None:
    """Delete what nobody has edited for longer than ``KEPT``."""
    with suppress(OSError):
        for path in root.glob("*.json"):
            if time.time() - path.stat().st_mtime > KEPT:
                path.unlink(missing_ok=True)


def folder(path: Path) -> None:
    """A folder for its owner alone. Raises OutputError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder {path} cannot be made: {error.strerror}", hint="make the lab's own folder writable"
        ) from error


def _told(edit: Edit) -> dict[str, Any]:
    match edit:
        case Rename(speaker, name):
            return {"do": "rename", "speaker": speaker, "name": name}
        case Merge(speakers, into):
            return {"do": "merge", "speakers": list(speakers), "into": into}
        case Assign(stretches, speaker):
            spans = [[one.start, one.end, one.segment, one.speaker] for one in stretches]
            return {"do": "assign", "stretches": spans, "speaker": speaker}


def _edit(told: Mapping[str, Any]) -> Edit:
    match told:
        case {"do": "rename", "speaker": str(speaker), "name": str(name)}:
            return Rename(speaker, name)
        case {"do": "merge", "speakers": list(speakers), "into": str(into)}:
            return Merge(tuple(map(str, speakers)), into)
        case {"do": "assign", "stretches": list(stretches), "speaker": str(speaker)}:
            return Assign(
                tuple(Stretch(start, end, segment=id, speaker=was) for start, end, id, was in stretches), speaker
            )
    raise ValueError(f"no edit of speakers: {told!r}")
