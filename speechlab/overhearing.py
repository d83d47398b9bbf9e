"""What a lab reports while it works for somebody is told to them, too: a page that waits, say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Hear = Callable[[str], None]
_hearing: ContextVar[tuple[Hear, ...]] = ContextVar("hearing", default=())


@contextmanager
def overheard(hear: Hear) -> Iterator[None]:
    """While it lasts, ``hear`` is told what is reported in this thread, beside whoever hears all of a lab's reports."""
    before = _hearing.set((*_hearing.get(), hear))
    try:
        yield
    finally:
        _hearing.reset(before)


def tell(message: str) -> None:
    """Tell whoever overhears this thread."""
    for hear in _hearing.get():
        hear(message)
