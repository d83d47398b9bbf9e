"""Pocket TTS at work without what it does to the process: how many threads torch has, and who hears of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def undisturbed() -> Iterator[None]:
    """Importing the package sets torch to one thread, for all engines; loading a network sets up the root logger."""
    root, threads = logging.getLogger(), torch.get_num_threads()
    handlers = list(root.handlers)
    logging.getLogger("pocket_tts").setLevel(logging.CRITICAL)  # what goes wrong, it raises too
    try:
        yield
    finally:
        root.handlers[:] = handlers
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
