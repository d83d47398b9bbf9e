"""The sound of a live session that waits to be looked at: any thread puts it in, the hub's takes it out in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..types import Audio, Samples
from .keeping import Keeping

RATE = 16_000
"""Hz; the sound of every session is mono."""
STEP = 1.0
"""Seconds of sound at most that stages hear at once: a detector tells of it behind it, and not too late."""
MOST_AT_ONCE = round(STEP * RATE)


class Inbox:
    """Sound on one timeline; its length is the number of samples that wait. What leaves it is kept, if it is to be."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        """``notice`` is told why the sound is no longer kept."""
        self.received = 0
        """Samples put in so far."""
        self.closed = False
        """Whether no more is let in."""
        self._notice = notice
        self._lock = threading.Lock()
        self._leaving = threading.Lock()  # so that sound is kept in the order in which it leaves
        self._parts: deque[Samples] = deque()
        self._frames = 0
        self._keeping: Keeping | None = None

    def __len__(self) -> int:
        return self._frames

    @property
    def at(self) -> float:
        """Where what waits begins, in seconds."""
        with self._lock:
            return (self.received - self._frames) / RATE

    def keep(self, path: Path) -> None:
        """Write all that leaves it to a wav file. Raises OutputError."""
        self._keeping = Keeping(path, RATE)

    def put(self, samples: Samples) -> bool:
        """The next sound; False where nothing was let in."""
        with self._lock:
            if self.closed or not len(samples):
                return False
            self._parts.append(samples)
            self._frames += len(samples)
            self.received += len(samples)
            return True

    def close(self) -> None:
        """Let no more in; what waits can still be taken."""
        with self._lock:
            self.closed = True

    def take(self) -> Audio | None:
        """The next of what waits, as much as stages hear at once; None where nothing does."""
        with self._leaving:
            audio = self._next()
            if audio is not None:
                self._keep(audio.mono)
            return audio

    def empty(self) -> None:
        """What still waits is not looked at any more, and kept all the same; the file is complete then."""
        with self._leaving:
            with self._lock:
                left = list(self._parts)
                self._parts.clear()
                self._frames = 0
            for samples in left:
                self._keep(samples)
            try:
                if self._keeping is not None:
                    self._keeping.close()
            except OutputError as error:
                self._notice(str(error))

    def _next(self) -> Audio | None:
        with self._lock:
            if not self._parts:
                return None
            start, left = self.received - self._frames, MOST_AT_ONCE
            parts = []
            while left and self._parts:
                part = self._parts.popleft()
                if len(part) > left:
                    self._parts.appendleft(part[left:])
                    part = part[:left]
                parts.append(part)
                left -= len(part)
                self._frames -= len(part)
        return Audio(parts[0] if len(parts) == 1 else np.concatenate(parts), RATE, start / RATE)

    def _keep(self, samples: Samples) -> None:
        """Write the sound to the file, if there is one; where that fails, only the file is given up."""
        try:
            if self._keeping is not None:
                self._keeping.write(samples)
        except OutputError as error:
            self._notice(f"{error}; it is kept until here")
