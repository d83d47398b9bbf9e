"""An ONNX network that also gives what it computes on its way: asked of its file, without the library that wrote it."""

from __future__ import annotations

from collections.abc import Iterator

GRAPH = 7
"""Field of a model, as ONNX's schema numbers it."""
NODE, OUTPUT = 1, 12
"""Fields of a graph."""
NODE_OUTPUT, OPERATOR = 2, 4
"""Fields of a node."""
NAME = 1
"""Field of what a graph gives."""
BYTES = 2
"""How a field is written that is a text, or has fields of its own."""
FIXED = {1: 8, 5: 4}
"""How many bytes a number has that is written so."""


def made_by(model: bytes, operator: str) -> list[str]:
    """The names of all that operators of one type compute, in the order of the network."""
    return [
        bytes(output).decode()
        for graph in _fields(memoryview(model), GRAPH)
        for node in _fields(graph, NODE)
        if operator.encode() in map(bytes, _fields(node, OPERATOR))
        for output in _fields(node, NODE_OUTPUT)
    ]


def also_giving(model: bytes, name: str) -> bytes:
    """The network, which gives what is computed under this name behind all that it gave before, if it did not."""
    graph = [
        bytes(name)
        for one in _fields(memoryview(model), GRAPH)
        for given in _fields(one, OUTPUT)
        for name in _fields(given, NAME)
    ]
    if name.encode() in graph:
        return model
    # of two messages that follow each other, the second's fields are added to those of the first
    return model + _field(GRAPH, _field(OUTPUT, _field(NAME, name.encode())))


def _fields(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The contents of one field, which may be there many times."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        if tag % 8 == BYTES:
            size, at = _number(message, at)
            if tag // 8 == wanted:
                yield message[at : at + size]
            at += size
        elif tag % 8 in FIXED:
            at += FIXED[tag % 8]
        else:
            _, at = _number(message, at)


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """A number, seven bits in a byte, the lowest first; and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _field(number: int, content: bytes) -> bytes:
    size, head = len(content), [number * 8 + BYTES]
    while size >= 0x80:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*head, size]) + content
