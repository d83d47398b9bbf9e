"""How the lab is served; and a server in a thread of its own, on a free port, for notebooks and tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STARTING = 60.0
"""Seconds that a server may take to start."""
WAITING = 4
"""Messages of a socket that may wait to be heard."""


def config(app: ASGIApp, **how: Any) -> uvicorn.Config:
    """What uvicorn needs to know beside ``how``, which is handed to it.

    Sockets carry sound, which compression only makes dearer. Nor is a client gone that does not answer a ping at once:
    whoever sends faster than it is heard waits, and its answer waits behind its sound.
    """
    return uvicorn.Config(app, ws=Socket, ws_per_message_deflate=False, ws_ping_timeout=None, **how)


class Socket(WebSocketsSansIOProtocol):
    """Stops reading only where messages pile up. Uvicorn does so behind each, which is a fifth of the price of a socket
    that brings one five times a second."""

    _paused = False

    @property
    def read_paused(self) -> bool:
        """Whether nothing is read, or need be done so that it is not."""
        return self._paused or self.queue.qsize() < WAITING

    @read_paused.setter
    def read_paused(self, paused: bool) -> None:
        self._paused = paused


class Server:
    """Serves an application on loopback until it is stopped."""

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        """Start now; ``port`` 0 takes a free one. Raises OSError where the port is taken."""
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(config(app, log_level="warning", timeout_graceful_shutdown=2))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="speechlab", daemon=True)
        self._thread.start()
        until = time.monotonic() + STARTING
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise RuntimeError("the server did not start; its log tells why")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop, and wait until it has."""
        self._server.should_exit = True
        self._thread.join()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    server = Server(app)
    try:
        yield server.url
    finally:
        server.stop()
