"""Ctrl-C: the first ends the work where that is safe, the second at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from types import FrameType
from typing import Any

from .messages import say

ENDS = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__)
"""How else a program is asked to end: by whoever started it, and where its terminal is closed."""


class Stopping(AbstractContextManager["Stopping"]):
    """While it lasts, Ctrl-C raises KeyboardInterrupt only from :meth:`check`, unless it is pressed twice.

    An exception raised wherever the program happens to be may land in a callback of C code, which cannot pass it on:
    a decoder takes it for the end of the file. ``also`` are signals that mean the same.
    """

    def __init__(
        self,
        said: str = "stopping after the current stretch; Ctrl-C again stops at once",
        also: Iterable[signal.Signals] = (),
    ) -> None:
        self.asked = False
        """Whether Ctrl-C was pressed."""
        self._said = said
        self._usual: dict[signal.Signals, Any] = {signal.SIGINT: signal.default_int_handler}
        self._usual |= dict.fromkeys(also, signal.SIG_DFL)
        self._ours: list[signal.Signals] = []

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            self._ours = [number for number, usual in self._usual.items() if signal.getsignal(number) == usual]
        for number in self._ours:
            signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._ours:
            signal.signal(number, self._usual[number])

    def check(self) -> None:
        """Raises KeyboardInterrupt where Ctrl-C was pressed."""
        if self.asked:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        with suppress(RuntimeError, OSError):  # it came in the middle of another line, or the terminal is gone
            say(self._said)
