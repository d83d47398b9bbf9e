"""Prove that nothing leaves the machine: any look-up or connection beyond loopback raises, whoever makes it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"})
LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")


class SocketOpened(AssertionError):
    """Something tried to reach another machine."""


class _Watch:
    """Python's audit hooks cannot be taken away again, so one is set and switched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._hooked = False
        self.seen: list[str] = []

    def begin(self) -> None:
        with self._lock:
            if not self._hooked:
                sys.addaudithook(self._hear)
                self._hooked = True
            if not self._depth:
                self.seen = []
            self._depth += 1

    def end(self) -> None:
        with self._lock:
            self._depth -= 1

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self._depth and event in WATCHED and (to := _elsewhere(event, args)):
            self.seen.append(to)
            raise SocketOpened(f"{event} to {to}")


def _elsewhere(event: str, args: tuple[Any, ...]) -> str:
    """The address of another machine, or nothing for loopback and for sockets of this machine alone."""
    address = args[1] if event in ("socket.connect", "socket.sendto") else args[0]
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(address, str | bytes) and event in ("socket.connect", "socket.sendto"):
        return ""  # a Unix socket
    host = host.decode() if isinstance(host, bytes) else host
    return "" if not isinstance(host, str) or not host or host.startswith(LOOPBACK) else host


_watch = _Watch()


@contextmanager
def no_sockets() -> Iterator[None]:
    """Raises SocketOpened where the body tries to reach another machine, even if the body swallowed that."""
    _watch.begin()
    try:
        yield
    finally:
        seen = list(_watch.seen)
        _watch.end()
    if seen:
        raise SocketOpened(f"tried to reach {', '.join(dict.fromkeys(seen))}")
