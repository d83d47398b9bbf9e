"""Write sound as wav, flac, ogg or mp3: to a file, whole or not at all, or to bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Iterable
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from ..closing import closes
from ..errors import AudioError, ConfigError
from ..files import replacing
from ..types import Audio

WRITABLE = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
"""What can be written: for each format, libsndfile's names for the container and for how the sound is coded."""
CHUNK = 10.0
"""Seconds handed to libsndfile at once: its Vorbis encoder overflows the stack where it is given minutes."""


def write(
    sound: Audio | Iterable[Audio], path: str | os.PathLike[str], format: str | None = None, *, comment: str = ""
) -> None:
    """Write sound, or pieces of it that follow each other, to a file that appears only when all is written.

    The path's suffix tells the format where none is named; the ``comment`` is written as the file's own. Raises
    ConfigError for a format that cannot be written, AudioError for sound that the format cannot hold, OutputError where
    the disk is full or the folder forbidden.
    """
    for _ in writing([sound] if isinstance(sound, Audio) else sound, path, format, comment=comment):
        pass


def writing(
    pieces: Iterable[Audio], path: str | os.PathLike[str], format: str | None = None, *, comment: str = ""
) -> Generator[Audio, None, None]:
    """The same, giving back each piece once it is written; close it to give up, and no file appears."""
    kind = _kind(format or Path(path).suffix.removeprefix("."))

    def through() -> Generator[Audio, None, None]:
        with replacing(path) as out:
            yield from _encoding(pieces, out, kind, comment)

    return through()


def encode(sound: Audio | Iterable[Audio], format: str = "wav", *, comment: str = "") -> bytes:
    """The same as bytes, for a page or a response. Raises ConfigError and AudioError."""
    out = io.BytesIO()
    for _ in _encoding([sound] if isinstance(sound, Audio) else sound, out, _kind(format), comment):
        pass
    return out.getvalue()


def _kind(format: str) -> str:
    if (kind := format.lower()) in WRITABLE:
        return kind
    raise ConfigError(f"sound cannot be written as {format!r}", hint=f"choose one of {', '.join(WRITABLE)}")


def _encoding(sound: Iterable[Audio], out: BinaryIO, kind: str, comment: str) -> Generator[Audio, None, None]:
    from soundfile import LibsndfileError, SoundFile

    container, coding = WRITABLE[kind]
    sink = _Sink(out)
    with closes(sound):
        pieces = iter(sound)
        first = next(pieces, None)
        if first is None:
            raise AudioError("there is no sound to write", hint="give at least one piece")
        try:
            with SoundFile(sink, "w", first.sample_rate, first.channels, coding, format=container) as file:
                if comment:
                    file.comment = comment
                for piece in chain([first], pieces):
                    for part in piece.chunks(CHUNK):
                        file.write(part.samples.T)
                    yield piece
        except (LibsndfileError, AssertionError) as error:  # soundfile asserts that all was written
            if sink.failure is None:
                raise AudioError(
                    f"{kind} cannot hold {first.channels} channels at {first.sample_rate} Hz",
                    hint="write wav or flac, or resample it",
                ) from error
    if sink.failure is not None:
        raise sink.failure


class _Sink:
    """What libsndfile writes through: an exception cannot cross its C code, so it is kept until that has returned."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._out.write(data)
        except OSError as error:
            self.failure = self.failure or error
            return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._out.seek(offset, whence)
        except OSError as error:
            self.failure = self.failure or error
            return -1

    def tell(self) -> int:
        return self._out.tell()
