"""The sound of a live session on disk, sample by sample as it was heard."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..types import Samples


class Keeping:
    """A wav file that grows while somebody speaks; complete once it is closed."""

    def __init__(self, path: Path, sample_rate: int) -> None:
        """Raises OutputError."""
        import soundfile

        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = soundfile.SoundFile(path, "w", sample_rate, 1, "PCM_16")
        except (OSError, soundfile.SoundFileError) as error:
            raise _unwritten(path, error) from error

    def write(self, samples: Samples) -> None:
        """The next sound; 16 bits, so that sound that came in 16 bits is kept as it is. Raises OutputError."""
        whole = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype(np.int16)
        with self._lock:
            if self._file.closed:
                return
            try:
                self._file.write(whole)
            except (OSError, RuntimeError) as error:
                with suppress(OSError, RuntimeError):
                    self._file.close()
                raise _unwritten(self.path, error) from error

    def close(self) -> None:
        """No more sound will come. Raises OutputError."""
        with self._lock:
            if self._file.closed:
                return
            try:
                self._file.close()
            except (OSError, RuntimeError) as error:
                raise _unwritten(self.path, error) from error


def _unwritten(path: Path, error: Exception) -> OutputError:
    return OutputError(f"the sound cannot be kept in {path}: {error}", hint="see whether the disk is full")
