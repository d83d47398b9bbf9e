"""Tensors out of a checkpoint that torch saved, without torch and without running what a pickle may hold."""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

DTYPES = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
}
"""torch's names for what a storage holds."""


def tensors(path: Path) -> Mapping[str, Any]:
    """What a checkpoint in torch's zip format holds, each tensor as an array.

    Raises pickle.UnpicklingError where it holds anything but tensors and plain data.
    """
    with zipfile.ZipFile(path) as archive:
        table = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        with archive.open(table) as pickled:
            return dict(
                _Reader(pickled, lambda name: archive.read(f"{Path(table).parent.as_posix()}/data/{name}")).load()
            )


class _Reader(pickle.Unpickler):
    """Knows the three names that a table of tensors needs, and refuses all others."""

    def __init__(self, file: Any, storage: Callable[[str], bytes]) -> None:
        super().__init__(file)
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        match module, name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                return _tensor
            case "torch", str() if name in DTYPES:
                return DTYPES[name]
        raise pickle.UnpicklingError(f"the checkpoint holds more than tensors: {module}.{name}")

    def persistent_load(self, told: Any) -> Any:
        _, dtype, name, _, count = told
        return np.frombuffer(self._storage(name), dtype, count)


def _tensor(storage: Any, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> Any:
    bytes_apart = tuple(step * storage.itemsize for step in stride)
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, bytes_apart, writeable=False)
