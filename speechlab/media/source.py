"""What a recording is read from, a path or an open binary file, and what can be wrong with it."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import AudioError

Source = str | Path | BinaryIO
"""A path; or a binary file, which is read from its beginning, and is its owner's to close."""
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""How one begins; of two slashes, a path keeps one."""
BLOCK = 1 << 20
"""Bytes hashed at once."""


def digest(source: Source) -> str:
    """Sha256 of the bytes, in hexadecimal: equal digests, equal files. Raises AudioError."""
    seen = hashlib.sha256()
    with opened(source) as recording:
        while block := recording.read(BLOCK):
            seen.update(block)
        recording.check_whole()
    return seen.hexdigest()


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """The source, open at its beginning. Raises AudioError where it is missing, empty or may not be read."""
    if isinstance(source, str | os.PathLike):
        with _file(str(source)) as file:
            yield Opened(file, Path(source).name)
    else:
        name = getattr(source, "name", None)
        yield Opened(source, Path(name).name if isinstance(name, str) else "the file")


class Opened:
    """An open source, read through C code: a failure cannot cross that, so it ends the file and is kept."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self.name = name
        """What to call it in a message: a path without its folders."""
        self._failure: OSError | ValueError | None = None
        self._size = self.seek(0, io.SEEK_END) if not file.closed and file.seekable() else None
        if self._size == 0:
            raise AudioError(f"{name} is empty: it has 0 bytes", hint="record, copy or upload it again")
        if self._size is not None:
            self.seek(0)

    def check_whole(self) -> None:
        """Raise AudioError where reading failed, or where the file has become shorter since it was opened."""
        shorter = self._size is not None and self.seek(0, io.SEEK_END) < self._size
        if self._failure is not None:
            raise AudioError(
                f"{self.name} was lost while it was being read: {self._failure}",
                hint="check the drive or the connection, then try again",
            ) from self._failure
        if shorter:
            raise AudioError(
                f"{self.name} became shorter while it was being read",
                hint="what was read until then is right; read it again once nothing writes to it",
            )

    def read(self, size: int) -> bytes:
        try:
            return b"" if self._failure else self._file.read(size)
        except (OSError, ValueError) as error:  # ValueError: its owner closed it
            self._failure = error
            return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError) as error:
            self._failure = self._failure or error
            return -1

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return self._size is not None


def _file(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError | ValueError) -> AudioError:
    name = Path(path).name
    match error:
        case FileNotFoundError() if ADDRESS.match(path):
            return AudioError(f"{path} is an address, not a file", hint="download it first: only files are read")
        case FileNotFoundError() | NotADirectoryError():
            return AudioError(f"there is no file {path}", hint="check the path")
        case IsADirectoryError():
            return AudioError(f"{path} is a folder, not a recording", hint="give the files in it")
        case PermissionError():
            return AudioError(f"{name} may not be read", hint="ask its owner for the right to read it")
        case OSError():
            return AudioError(f"{name} cannot be opened: {error.strerror}", hint="check the path")
        case _:
            return AudioError(f"there cannot be a file {path!r}: {error}", hint="check the path")
