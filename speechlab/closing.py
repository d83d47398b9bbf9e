"""Whoever iterates, closes: the one rule for cleaning up along a chain of generators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def closes(*iterables: Iterable[Any]) -> Iterator[None]:
    """Close what is iterated when the iterating ends, however it ends; lists and the like need none."""
    try:
        yield
    finally:
        for iterable in iterables:
            getattr(iterable, "close", lambda: None)()
