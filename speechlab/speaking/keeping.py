"""What was said of a text so far, kept on disk, so that a long one goes on where it broke off."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import SpeechLabError
from ..files import atomic_write
from ..media import decode, probe, write
from ..provenance import Label, label_in
from ..types import Word
from .utterance import Said


class Kept:
    """Sentences of one text that were said in one way, under ``root/<digest>``; for their owner alone.

    A help, never a condition: where they cannot be written the work goes on, and says so once.
    """

    def __init__(self, root: Path, told: Any, report: Callable[[str], None]) -> None:
        """``told`` is all that their sound depends on, as JSON values."""
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
        self._root, self._folder = root, root / f"speech-{digest[:24]}"
        self._report, self._writable = report, True

    def __contains__(self, index: int) -> bool:
        try:
            return self._path(index).is_file() and bool(probe(self._path(index)).duration)
        except SpeechLabError:  # damaged: it is said anew
            return False

    def get(self, index: int) -> Said:
        """A sentence. Raises AudioError where it cannot be read."""
        path = self._path(index)
        label = label_in(probe(path).comment)
        return Said(decode(path), label.voice if label else "", self._words(index))

    def keep(self, index: int, said: Said, engine: str) -> bool:
        """Write a sentence, whole or not at all; tells whether that was done."""
        if not self._writable or not said.audio.frames:
            return False
        try:
            for folder in (self._root, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if said.words:
                words = json.dumps([asdict(word) for word in said.words])
                atomic_write(self._path(index, "json"), words.encode())
            write(said.audio, self._path(index), comment=Label.now(engine, said.voice).text())
        except (OSError, SpeechLabError) as error:
            self._writable = False
            self._report(f"this text cannot be resumed, since what is said of it cannot be kept: {error}")
        return self._writable

    def forget(self) -> None:
        """Delete them."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _words(self, index: int) -> tuple[Word, ...]:
        try:
            return tuple(Word(**word) for word in json.loads(self._path(index, "json").read_bytes()))
        except (OSError, ValueError, TypeError):  # without times it can be heard all the same
            return ()

    def _path(self, index: int, kind: str = "flac") -> Path:
        return self._folder / f"{index:06d}.{kind}"
