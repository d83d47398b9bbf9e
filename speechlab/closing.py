"""Whoever iterates, closes: the one rule for cleaning up along a chain of generators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


@contextmanager
def closes(*iterables: Iterable[Any]) -> Iterator[None]:
    """Close what is iterated when the iterating ends, however it ends; lists and the like need none."""
    with ExitStack() as closing:  # one that raises while closing keeps no other open
        for iterable in iterables:
            closing.callback(getattr(iterable, "close", _nothing))
        yield


def _nothing() -> None:
    """What there is to close about a list."""
