"""Loopback is this machine, and nothing else is."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from speechlab.testing import SocketOpened, no_sockets


def swallowing(error: type[BaseException]) -> None:
    """What an engine does that tries to hide."""
    with suppress(error):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_this_machine_and_nothing_else_is() -> None:
    with no_sockets(), socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with pytest.raises(SocketOpened, match=r"192\.0\.2\.1"), no_sockets():
        socket.create_connection(("192.0.2.1", 9), timeout=0.1)
    with pytest.raises(SocketOpened, match=r"example\.org"), no_sockets():
        swallowing(AssertionError)
