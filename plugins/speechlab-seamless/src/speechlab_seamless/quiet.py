"""Keeps transformers' progress bars and its advice to programmers from people who did not write the calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers.utils import logging

_voice: Any = logging  # its functions are not typed


@contextmanager
def quiet() -> Iterator[None]:
    """Only errors are told within."""
    level, bars = _voice.get_verbosity(), _voice.is_progress_bar_enabled()
    _voice.set_verbosity_error()
    _voice.disable_progress_bar()
    try:
        yield
    finally:
        _voice.set_verbosity(level)
        if bars:
            _voice.enable_progress_bar()
