"""Files that people sent: each its sender's alone, and gone when nobody needs it any more."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(eq=False, slots=True)
class Upload:
    """One file, to be written once and then read."""

    owner: str
    name: str
    """What its sender calls it."""
    path: Path
    since: float
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    users: int = 0
    whole: bool = False
    """Whether all of it has arrived."""


class Uploads:
    """A folder of uploaded files that vanishes with the process.

    A file that somebody holds stays until the last one lets it go; one that nobody ever held goes after ``patience``
    seconds (its sender left before the work began).
    """

    def __init__(self, *, patience: float = 3600.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._patience = patience
        self._clock = clock
        self._there: dict[str, Upload] = {}

    def new(self, owner: str, name: str) -> Upload:
        """A place for a file of this name."""
        self._folder = self._folder or TemporaryDirectory(prefix="speechlab-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name) / secrets.token_hex(16)
        folder.mkdir()
        upload = Upload(owner, name, folder / plain(name), self._clock())
        self._there[upload.id] = upload
        return upload

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
        upload.users += 1

        def release() -> None:
            upload.users -= 1
            if upload.users == 0:
                self.drop(upload)

        return release

    def drop(self, upload: Upload) -> None:
        """Delete the file now."""
        self._there.pop(upload.id, None)
        shutil.rmtree(upload.path.parent, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what was sent and then forgotten."""
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
