"""Speech while it is made: by threads of the package, which go on whether or not anybody listens."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from speechlab import Samples

FIRST, LATER = 0.4, 1.0
"""Seconds of sound in a piece: the first is wanted soon, and each costs the host some work."""


class Speech:
    """What one text becomes. A network says one text at a time, so that who is asked for the next must
    :meth:`hear_out` this one."""

    def __init__(self, frames: Iterator[Any], stop: threading.Event, rate: int) -> None:
        self._frames, self._stop, self._rate = frames, stop, rate
        self._kept: deque[Samples] = deque()
        self._turn = threading.Lock()

    def pieces(self) -> Iterator[Samples]:
        """The sound; where nobody listens any more, no more of it is made."""
        wanted, held, seconds = FIRST, list[Samples](), 0.0
        try:
            while (frame := self._next()) is not None:
                held.append(frame)
                seconds += len(frame) / self._rate
                if seconds >= wanted:
                    yield np.concatenate(held)
                    wanted, held, seconds = LATER, [], 0.0
            if held:
                yield np.concatenate(held)
        finally:
            self._stop.set()
            self.hear_out()

    def hear_out(self) -> None:
        """Wait until nothing more is made, and keep what was."""
        with self._turn:
            self._kept.extend(map(_samples, self._frames))

    def _next(self) -> Samples | None:
        with self._turn:
            if self._kept:
                return self._kept.popleft()
            frame = next(self._frames, None)
            return None if frame is None else _samples(frame)


def _samples(frame: Any) -> Samples:
    clipped: Samples = np.clip(frame.numpy(), -1.0, 1.0)
    return clipped
