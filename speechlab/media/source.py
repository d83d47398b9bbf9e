"""What a recording is read from, a path or an open binary file, and what can be wrong with it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import AudioError

Source = str | Path | BinaryIO
"""A path, or a binary file; the latter is read from its beginning, and is its owner's to close."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that is open, and can be read from its beginning."""

    file: BinaryIO
    name: str
    """What to call it in a message: a path without its folders."""
    size: int | None
    """Bytes; None for a pipe."""

    def check_whole(self) -> None:
        """Raise AudioError if the file has become shorter since it was opened."""
        if self.size is not None and self.file.seek(0, io.SEEK_END) < self.size:
            raise AudioError(
                f"{self.name} became shorter while it was being read",
                hint="what was read until then is right; read it again once nothing writes to it",
            )


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """The source, open at its beginning. Raises AudioError where it is missing, empty or may not be read."""
    if not isinstance(source, str | os.PathLike):
        name = getattr(source, "name", None)
        with lost(recording := Path(name).name if isinstance(name, str) else "the recording"):
            yield _measured(source, recording)
        return
    path = Path(source)
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise _unreadable(str(source), error) from error
    with file, lost(path.name):
        yield _measured(file, path.name)


def digest(source: Source) -> str:
    """Sha256 of the bytes, in hexadecimal. Raises AudioError where they cannot be read."""
    with opened(source) as recording:
        seen = hashlib.file_digest(recording.file, "sha256").hexdigest()  # type: ignore[arg-type]
        if recording.size is not None:
            recording.file.seek(0)
        return seen


@contextmanager
def lost(name: str) -> Iterator[None]:
    """Tell of a file that cannot be read any further, such as one on a drive that was pulled out."""
    try:
        yield
    except OSError as error:
        raise AudioError(
            f"{name} was lost while it was being read: {error.strerror or error}",
            hint="check the drive or the connection, then try again",
        ) from error


def _measured(file: BinaryIO, name: str) -> Opened:
    if not file.seekable():
        return Opened(file, name, None)
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise AudioError(f"{name} is empty: it has 0 bytes", hint="record, copy or upload it again")
    file.seek(0)
    return Opened(file, name, size)


def _unreadable(path: str, error: OSError | ValueError) -> AudioError:
    name = Path(path).name
    match error:
        case FileNotFoundError() if "://" in path:
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
