"""Ctrl-C: the first ends the work where that is safe, the second at once."""

from __future__ import annotations

import signal
import threading
from contextlib import AbstractContextManager, suppress
from types import FrameType

from .messages import say


class Stopping(AbstractContextManager["Stopping"]):
    """While it lasts, Ctrl-C raises KeyboardInterrupt only from :meth:`check`, unless it is pressed twice.

    An exception raised wherever the program happens to be may land in a callback of C code, which cannot pass it on:
    a decoder takes it for the end of the file.
    """

    def __init__(self) -> None:
        self._asked = False
        self._ours = False

    def __enter__(self) -> Stopping:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._hear)
            self._ours = True
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def check(self) -> None:
        """Raises KeyboardInterrupt where Ctrl-C was pressed."""
        if self._asked:
            raise KeyboardInterrupt

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        with suppress(RuntimeError):  # it came in the middle of another line
            say("stopping after the current stretch; Ctrl-C again stops at once")
