"""The one kind of faiss's files that RVC writes, groups of vectors as they are (IVF, Flat), read without faiss."""

from __future__ import annotations

from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]

HEADER = Struct("<4siqqqBi")
"""What it is, features, vectors, two that mean nothing, whether it is trained, how distances are measured."""
COUNT, WORD = Struct("<Q"), Struct("<4s")
BY_SQUARES = 1
"""Distances are those of Euclid."""
HASHED = 2
"""How it finds a vector by its number, where it says so in a way that we do not know."""


def read(file: Path) -> tuple[Numbers, tuple[Numbers, ...], int]:
    """The middles of the groups, the vectors of each group, and through how many groups a search looks.

    Raises ValueError for another file, and OSError.
    """
    with file.open("rb") as source:
        reader = _Reader(source, file.stat().st_size)
        features = reader.header(b"IwFl")
        groups, looked_through = reader.count(), reader.count()
        if reader.header(b"IxF2") != features:
            raise ValueError("its groups are of another kind than its vectors")
        centres = reader.array("<f4", reader.count()).reshape(groups, features)
        if reader.array("u1", 1)[0] == HASHED:
            raise ValueError("its vectors are numbered in a way that RVC does not use")
        reader.array("<i8", reader.count())
        sizes = reader.sizes(groups, 4 * features)
        vectors = []
        for size in sizes:
            vectors.append(reader.array("<f4", size * features).reshape(size, features))
            reader.array("<i8", size)  # the number of each vector, which nobody needs here
    if not sum(sizes):
        raise ValueError("it holds no sounds")
    return centres, tuple(vectors), max(1, looked_through)


class _Reader:
    """What follows in a file of a known length."""

    def __init__(self, source: BinaryIO, length: int) -> None:
        self._source, self._length = source, length

    def header(self, kind: bytes) -> int:
        """How many features its vectors have."""
        found, features, *_, measured = self._next(HEADER)
        if found != kind or measured != BY_SQUARES or features < 1:
            raise ValueError("it is no index of the kind that RVC writes")
        return int(features)

    def count(self) -> int:
        """A number of things that follow."""
        return int(self._next(COUNT)[0])

    def sizes(self, groups: int, bytes_each: int) -> list[int]:
        """How many vectors each group has: told one by one, or of those that have any."""
        [kind] = self._next(WORD)
        told, size = self.count(), self.count()
        if (kind, told, size) != (b"ilar", groups, bytes_each):
            raise ValueError("its groups lie elsewhere or are packed")
        [kind] = self._next(WORD)
        numbers = self.array("<u8", self.count())
        if kind == b"full" and len(numbers) == groups:
            return [int(one) for one in numbers]
        if kind != b"sprs" or len(numbers) % 2 or (len(numbers) and numbers[::2].max() >= groups):
            raise ValueError("its groups are listed in a way that is not known")
        some = {int(group): int(size) for group, size in numbers.reshape(-1, 2)}
        return [some.get(group, 0) for group in range(groups)]

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        """So many numbers."""
        if count * np.dtype(kind).itemsize > self._length:
            raise ValueError("it ends too early")
        found = np.fromfile(self._source, kind, count)
        if len(found) < count:
            raise ValueError("it ends too early")
        return found

    def _next(self, layout: Struct) -> tuple[Any, ...]:
        found = self._source.read(layout.size)
        if len(found) < layout.size:
            raise ValueError("it ends too early")
        return layout.unpack(found)
