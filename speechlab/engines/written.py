"""What an author may write on a card, checked as it is written: a mistake is told where it was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import PluginError
from ..params import Params

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_LOAD = re.compile(r"[^:/\\]+:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def plain_id(id: Any, noun: str) -> str:
    """An id that fits in a pipeline file, an address and a file name."""
    if isinstance(id, str) and _ID.fullmatch(id):
        return id
    near = re.sub(r"[^a-z0-9._-]+", "-", str(id).lower()).strip("-._") or "my-own"
    raise PluginError(
        f"{noun}'s id is made of lower-case letters, digits, '-', '_' and '.', not {id!r}", hint=f"such as {near!r}"
    )


def lazy(load: Any, who: str) -> Any:
    """A ``load``: ``"package.module:Name"``, or the thing itself."""
    if _LOAD.fullmatch(load) if isinstance(load, str) else callable(load):
        return load
    raise PluginError(f"{who}: load does not say where the code is: {load!r}", hint='write load="package.module:Name"')


def texts(value: Any, field: str, who: str, *, shape: str = "tuple") -> tuple[str, ...]:
    """Several texts. One text alone is refused: it would be taken for its letters."""
    items = tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else None
    if items is not None and all(isinstance(item, str) for item in items):
        return items
    one = value if isinstance(value, str) else "..."
    sample = f'frozenset({{"{one}"}})' if shape == "frozenset" else f'("{one}",)'
    raise PluginError(f"{who}: {field} is a {shape} of texts, not {value!r}", hint=f"write {field}={sample}")


def model(value: Any, field: str, who: str) -> type[Params]:
    """A class of parameters."""
    if isinstance(value, type) and issubclass(value, Params):
        return value
    name = field.capitalize()
    raise PluginError(
        f"{who}: {field} is a class made from Params, not {value!r}",
        hint=f"write class {name}(speechlab.Params): ... and {field}={name}",
    )


def positive(value: Any, field: str, unit: str, who: str, sample: float) -> Any:
    """A number above 0."""
    if isinstance(value, int | float) and value > 0:
        return value
    raise PluginError(f"{who}: {field} is a number of {unit} above 0, not {value!r}", hint=f"write {field}={sample}")


def not_negative(value: Any, field: str, unit: str, who: str, sample: float) -> Any:
    """A number that is 0 or above it."""
    if isinstance(value, int | float) and value >= 0:
        return value
    raise PluginError(f"{who}: {field} is a number of {unit}, 0 or more, not {value!r}", hint=f"write {field}={sample}")


def mapping(value: Any, field: str, who: str) -> dict[str, Any]:
    """Values by the name of a parameter."""
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return dict(value)
    raise PluginError(
        f"{who}: {field} is a dict of values by parameter, not {value!r}", hint=f'write {field}={{"language": "en"}}'
    )
