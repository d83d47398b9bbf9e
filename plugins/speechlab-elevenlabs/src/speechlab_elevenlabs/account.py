"""An account of the service: the client with its key, and each request answered, tried again, or explained."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import finalize

import httpx
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.url_utils import build_ws_url
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from speechlab import ConfigError, EngineFailed, EngineUnavailable, SpeechLabError

from . import KEY, ServiceParams
from .errors import RETRIED, answered, explained, said

USUAL = "https://api.elevenlabs.io"
WAITS = (1.0, 3.0, 8.0)
"""Seconds before a request that was refused for the moment is made again."""
LONGEST_WAIT = 30.0
"""Seconds at most that the service may ask to wait; where it asks for more, the user is told at once."""
ONCE: Any = {"max_retries": 0}
"""Given to each request: the client's own way to try again loses the fields of a form."""
LARGEST = 1 << 24
"""Bytes of a message over the WebSocket."""

T = TypeVar("T")
unheard = logging.Logger("speechlab_elevenlabs.unheard", logging.CRITICAL)
"""What websockets logs holds the headers of the handshake, and so the key; this logger is nobody's child."""


class Account:
    """The service as one account sees it. Threads may share it."""

    def __init__(self, params: ServiceParams) -> None:
        """Raises EngineUnavailable without a key, ConfigError for an address that would show it to anybody."""
        self._key = os.environ.get(KEY, "").strip()
        if not self._key.isascii() or not self._key.isprintable() or not self._key:
            raise EngineUnavailable(
                f"{KEY} holds no API key", hint=f"copy one from elevenlabs.io/app/settings/api-keys and set {KEY} to it"
            )
        self.base_url = _safe(params.base_url.strip() or USUAL)
        self.timeout = params.timeout
        self.enable_logging = None if params.enable_logging else False
        self._http = httpx.Client(timeout=params.timeout)  # which follows no redirects: they would carry the key away
        finalize(self, self._http.close)
        self.client = ElevenLabs(base_url=self.base_url, api_key=self._key, httpx_client=self._http)
        """The service's own client."""

    def ask(self, request: Callable[[], T]) -> T:
        """What a request answers, tried again where the service is busy. Raises SpeechLabError."""
        waits = iter(WAITS)
        while True:
            try:
                return request()
            except Exception as error:  # the client's, its transport's, pydantic's
                wait = _wait(error, next(waits, None))
                if wait is None:
                    raise explained(error, self._key) from None
            time.sleep(wait)

    def stream(self, request: Callable[[], Iterator[T]]) -> Iterator[T]:
        """The pieces that a request answers, as they come. Before the first one it is tried again as by :meth:`ask`."""
        first, rest = self.ask(lambda: _begun(request()))
        with closing(rest):  # whoever needs no more hangs up
            yield first
            with self.explains():
                yield from rest

    @contextmanager
    def explains(self) -> Iterator[None]:
        """What goes wrong in the body is told as an error of ours."""
        try:
            yield
        except Exception as error:
            raise explained(error, self._key) from None

    @contextmanager
    def socket(self, path: tuple[str, ...], query: list[tuple[str, str]]) -> Iterator[ClientConnection]:
        """A WebSocket of the service. Raises SpeechLabError."""
        query = [*query, *([("enable_logging", "false")] if self.enable_logging is False else [])]
        url = build_ws_url(self.base_url, path, query)
        how: Any = {
            "additional_headers": {"xi-api-key": self._key},
            "open_timeout": self.timeout,
            "close_timeout": 2,
            "max_size": LARGEST,
            "max_queue": None,  # who hangs up must not wait for what is queued
            "logger": unheard,
        }
        with ExitStack() as opened:
            yield self.ask(lambda: opened.enter_context(connect(url, **how)))

    def told(self, message: Mapping[str, Any]) -> SpeechLabError:
        """What a message over the WebSocket tells to be wrong, as one of our errors."""
        return answered(0, *said(message, self._key))

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def _begun(items: Iterator[T]) -> tuple[T, Any]:
    """The first item, for which the request is made, and the rest. Raises EngineFailed where there is none."""
    for first in items:
        return first, items
    raise EngineFailed("ElevenLabs answered without any sound", hint="try again, with other words or another model")


def _wait(error: Exception, usual: float | None) -> float | None:
    """Seconds after which it is worth while to try again; None where it is not."""
    match error:
        case ApiError():
            status, headers = error.status_code, httpx.Headers(error.headers)
        case InvalidStatus():
            status, headers = error.response.status_code, httpx.Headers(list(error.response.headers.raw_items()))
        case _:
            return None
    if usual is None or status not in RETRIED:
        return None
    asked = headers.get("retry-after", "")
    wait = float(asked) if asked.isdecimal() else usual
    return wait if wait <= LONGEST_WAIT else None


def _safe(address: str) -> str:
    """The address, where a key may be sent to it: encrypted, or to this machine itself."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return address
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return address
    raise ConfigError(f"no API key is sent to {address!r}", hint="give a base_url that begins with https://")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False
