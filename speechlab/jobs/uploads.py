"""Files that people sent: each its sender's alone, and gone when nobody needs it any more."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import OutputError


@dataclass(eq=False, slots=True)
class Upload:
    """One file, to be written once and then read."""

    owner: str
    name: str
    """What its sender calls it."""
    path: Path
    since: float
    """When it was last written to."""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    users: int = 0


STALE = 3600.0
"""Seconds after which a folder that nobody sweeps was left by a process that was killed."""


class Uploads:
    """Uploaded files, in a folder of this process's own under ``root`` that vanishes with it.

    A file that somebody holds stays until the last one lets it go; one that nobody holds goes ``patience`` seconds
    after it was last written to (its sender left before the work began). What a killed process left goes too.
    """

    def __init__(self, root: Path, *, patience: float = 3600.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._folder: TemporaryDirectory[str] | None = None
        self._patience = patience
        self._clock = clock
        self._lock = threading.Lock()
        self._there: dict[str, Upload] = {}

    def new(self, owner: str, name: str) -> Upload:
        """A place for a file of this name. Raises OutputError where there is none."""
        try:
            folder = self._own() / secrets.token_hex(16)
            folder.mkdir()
        except OSError as error:
            told = f"there is no place for uploads in {self._root}: {error.strerror or error}"
            raise OutputError(told, hint="free some space, or set SPEECHLAB_HOME to another folder") from error
        upload = Upload(owner, name, folder / plain(name), self._clock())
        self._there[upload.id] = upload
        return upload

    def write(self, upload: Upload, data: bytes | bytearray) -> None:
        """Add to the file. Raises OutputError where the disk is full."""
        upload.since = self._clock()
        try:
            with upload.path.open("ab") as file:
                file.write(data)
        except OSError as error:
            told = f"{upload.path.name} could not be stored: {error.strerror or error}"
            raise OutputError(told, hint="free some space on the disk, then try again") from error

    def get(self, owner: str, id: str) -> Upload:
        """A file of one's own. Raises LookupError."""
        upload = self._there[id]
        if upload.owner != owner:
            raise LookupError(id)
        return upload

    def find(self, id: str) -> Upload:
        """Any file, for whoever knows its id, which cannot be guessed. Raises LookupError."""
        return self._there[id]

    def hold(self, upload: Upload) -> Callable[[], None]:
        """Keep the file until the function given back is called."""
        with self._lock:
            upload.users += 1

        def release() -> None:
            with self._lock:
                upload.users -= 1
                unused = not upload.users
            if unused:
                self.drop(upload)

        return release

    def drop(self, upload: Upload) -> None:
        """Delete the file now."""
        self._there.pop(upload.id, None)
        shutil.rmtree(upload.path.parent, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what was sent and then forgotten, and let other processes see that this one is alive."""
        if self._folder is not None:
            os.utime(self._folder.name)
        now = self._clock()
        for upload in list(self._there.values()):
            if not upload.users and now - upload.since > self._patience:
                self.drop(upload)

    def close(self) -> None:
        """Delete everything."""
        self._there.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _own(self) -> Path:
        """This process's folder."""
        if self._folder is None:
            self._root.mkdir(parents=True, exist_ok=True)
            for other in self._root.iterdir():
                if time.time() - other.stat().st_mtime > STALE:
                    shutil.rmtree(other, ignore_errors=True)
            self._folder = TemporaryDirectory(dir=self._root, ignore_cleanup_errors=True)
        return Path(self._folder.name)


def plain(name: str) -> str:
    """A name that any file system takes, with the suffix that decoders look at; messages show it.

    >>> plain("../../etc/pass\\x00wd.m4a")
    'passwd.m4a'
    >>> plain("..")
    'recording'
    """
    name = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "", re.split(r"[/\\]", name)[-1]).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:60]}{dot}{suffix[:12]}" if dot else name[:60] or "recording"
