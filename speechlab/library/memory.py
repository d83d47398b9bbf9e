"""What an engine has learnt of a voice, kept beside it: so that the next process does not learn it again.

A help, never a condition: where it is gone, cannot be written, or is of another version, the voice is learnt anew from
its clip. It goes with the voice, and is not exported: of files that others made, an engine reads nothing but the sound.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..engines import RememberingCloner
from ..errors import SpeechLabError
from ..files import atomic_write
from ..pool import Loaded
from ..types import Audio, Voice
from .kept import Kept

SUFFIX = ".learnt"
KEY = 16
"""Characters that tell the memories of one voice from each other: each engine, loaded in another way, has its own."""


def remember(loaded: Loaded, folder: Path, kept: Kept, own: str) -> None:
    """Keep what the engine knows of a voice that it has learnt as ``own``, where it can tell and that is not kept."""
    path = _path(loaded, folder, kept)
    if not isinstance(loaded.engine, RememberingCloner) or path.is_file():
        return
    try:
        with loaded.exclusive():
            data = loaded.engine.learnt(own)
        if data:
            atomic_write(path, data, private=True)
    except Exception as error:  # of an engine, or of a full disk
        loaded.context.report(f"what {loaded.spec.name} has learnt of {kept.name!r} is not kept: {error}")


def recalled(loaded: Loaded, folder: Path, kept: Kept, clip: Audio, options: Any) -> Voice | None:
    """The voice, of what was kept; None where nothing is, or nothing that the engine can use now.

    Raises what the engine raises of its own.
    """
    path = _path(loaded, folder, kept)
    if not isinstance(loaded.engine, RememberingCloner) or kept.consent is None:
        return None
    try:
        data = path.read_bytes()
        with loaded.exclusive():
            return loaded.engine.recall(data, clip, kept.consent, options)
    except SpeechLabError:
        raise
    except Exception:  # gone, of another version, or damaged: whatever a reader of such bytes may raise
        path.unlink(missing_ok=True)
        return None


def memories(folder: Path, kept: Kept) -> list[Path]:
    """The files of all that is kept so of a voice."""
    return sorted(folder.glob(f"{kept.id}-*{SUFFIX}"))


def _path(loaded: Loaded, folder: Path, kept: Kept) -> Path:
    told = [loaded.spec.name, loaded.params.model_dump(mode="json"), kept.mark]
    key = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:KEY]
    return folder / f"{kept.id}-{key}{SUFFIX}"
