"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import OutputError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})
SHARED, PRIVATE = 0o666, 0o600
"""Who may read a new file, as far as the umask lets them."""


def atomic_write(path: str | os.PathLike[str], data: bytes, *, private: bool = False) -> None:
    """Write ``data`` to ``path``: whoever looks sees what was there before or all of it, even after a power cut.

    What is ``private`` only its owner can read. Raises OutputError; the folder is then as it was.
    """
    with replacing(path, private=private) as out:
        out.write(data)


def writable(path: str | os.PathLike[str]) -> None:
    """Raise OutputError where a file cannot be written there, as far as that can be told before there is any work."""
    target = Path(path)
    try:
        if target.is_dir():
            raise OutputError(f"{target} is a folder, not a file", hint="give the name of a file")
        if target.exists() and not target.is_file():
            return  # a device
        folder = target.resolve().parent
        os.stat(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it may not be written")
    except OutputError:
        raise
    except OSError as error:
        raise _told(target, error) from error
    except ValueError as error:  # a null character in it
        raise OutputError(f"there cannot be a file {str(path)!r}", hint="give it another name") from error


@contextmanager
def replacing(path: str | os.PathLike[str], *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to fill that takes the place of ``path`` when the block ends well, and vanishes when it does not.

    A device or a pipe cannot be replaced, so it is written straight. Raises OutputError for any OSError on the way.
    """
    target = Path(path)
    try:
        if target.is_dir():
            raise OutputError(f"{target} is a folder, not a file", hint="give the name of a file")
        if target.exists() and not target.is_file():
            with target.open("wb") as out:
                yield out
        else:
            yield from _beside(target.resolve(), PRIVATE if private else SHARED)
    except OutputError:
        raise
    except OSError as error:
        raise _told(target, error) from error
    except ValueError as error:  # a null character in it, or half a letter
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in str(path)):
            raise OutputError(f"there cannot be a file {str(path)!r}", hint="give it another name") from error
        raise  # what fills the file raised it


def _beside(target: Path, mode: int) -> Iterator[BinaryIO]:
    """A part file in the same folder, since a rename is atomic only within one file system."""
    part = target.with_name(f".speechlab-{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _told(target: Path, error: OSError) -> OutputError:
    if error.errno in FULL:
        return OutputError(
            f"{target} could not be written: the disk is full", hint="free some space, or choose another folder"
        )
    if error.errno in FORBIDDEN:
        return OutputError(f"{target} may not be written", hint="choose a folder that you may write to")
    if error.errno in ABSENT:
        return OutputError(f"there is no folder {target.parent}", hint="make it, or choose another one")
    return OutputError(f"{target} could not be written: {error.strerror or error}", hint="choose another folder")
