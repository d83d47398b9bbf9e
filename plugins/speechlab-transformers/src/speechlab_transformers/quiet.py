"""Keeps transformers' progress bars and its advice to programmers from people who did not write the calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from transformers.utils import logging

_voice: Any = logging  # its functions are not typed
_lock = Lock()
_quiet = 0
_usual = (0, False)


@contextmanager
def quiet() -> Iterator[None]:
    """Only errors are told within; what the user had set comes back when the last thread has left."""
    global _quiet, _usual
    with _lock:
        if not _quiet:
            _usual = _voice.get_verbosity(), _voice.is_progress_bar_enabled()
            _voice.set_verbosity_error()
            _voice.disable_progress_bar()
        _quiet += 1
    try:
        yield
    finally:
        with _lock:
            _quiet -= 1
            if not _quiet:
                level, bars = _usual
                _voice.set_verbosity(level)
                if bars:
                    _voice.enable_progress_bar()
