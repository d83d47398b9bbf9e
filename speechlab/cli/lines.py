"""Lines of standard input, as they come: those that are there already together, so that an engine has more at once."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ..errors import ConfigError

BLOCK = 65_536
"""Bytes that are read at once at most."""
MOST = 2000
"""Characters that are handed over together at most, so that the first lines of a file are not kept waiting for all."""


def typed() -> BinaryIO:
    """Standard input, unbuffered: each read gives what is there."""
    try:
        return open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    except io.UnsupportedOperation:  # what stands there is no file
        return sys.stdin.buffer


def batches(stream: BinaryIO) -> Iterator[list[str]]:
    """Lines without their ends; the last may have none. Raises ConfigError where they are not in UTF-8.

    >>> list(batches(io.BytesIO(b"one\\ntwo\\n\\nlast")))
    [['one', 'two', ''], ['last']]
    """
    rest = b""
    while data := stream.read(BLOCK):
        *lines, rest = (rest + data).split(b"\n")
        yield from _some(map(_decoded, lines))
    if rest:
        yield [_decoded(rest)]


def _some(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        if batch and sum(map(len, batch)) + len(line) > MOST:
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _decoded(line: bytes) -> str:
    try:
        return line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise ConfigError(
            "standard input is not in UTF-8", hint="convert it, such as with: iconv -f latin1 -t utf-8"
        ) from None
