"""What a caller hands to the lab is of the type that is asked for, or that is told in one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from functools import cache, wraps
from inspect import Parameter, signature
from numbers import Integral
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, BinaryIO, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import ConfigError

P = ParamSpec("P")
R = TypeVar("R")
CALLED = {str: "a text", bool: "True or False", int: "a whole number", Path: "a path", os.PathLike: "a path"}
"""What people call what a type holds."""
SHOWN = 60
"""Characters of a value that are shown; of a longer one, its type is."""


def checked(method: Callable[P, R]) -> Callable[P, R]:
    """The method, which tells who gives it something else than it takes what that is, at once: inside, it would break
    where nobody could tell why. What else it takes, by ``**knobs``, is checked where the parameters are declared.

    Raises ConfigError.
    """
    told = signature(method)
    named = [one.name for one in told.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]

    @wraps(method)
    def call(*args: P.args, **how: P.kwargs) -> R:
        given = told.bind(*args, **how).arguments
        hints = _hints(method)
        for name in named:
            if name in given and name in hints and not fits(given[name], hints[name]):
                owner = type(given["self"]).__name__.lower() if "self" in given else ""
                raise ConfigError(
                    f"{name} is {_called(hints[name])}, not {shown(given[name])}",
                    hint=f"help({owner}.{method.__name__}) tells what it takes",
                )
        return method(*args, **how)

    return call


def fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type, as it is written beside a parameter."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return any(value is one or value == one for one in inner if type(value) is type(one))
    if hint is BinaryIO:
        return hasattr(value, "read")
    if hint is int:
        return isinstance(value, Integral) and not isinstance(value, bool)
    if origin is None or not inner:
        return isinstance(value, hint)
    if not isinstance(value, origin) or isinstance(value, str | bytes):
        return False
    return not isinstance(value, Collection) or all(fits(one, inner[0]) for one in value)


def shown(value: object) -> str:
    """A value as a message tells it.

    >>> shown(None), shown([0] * 1000)
    ('None', 'a list')
    """
    told = repr(value)
    return told if len(told) <= SHOWN and "\n" not in told else f"a {type(value).__name__}"


@cache
def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(method)


def _called(hint: Any) -> str:
    """What a type holds, in words.

    >>> _called(str | Path | None), _called(list[int])
    ('a text or a path', 'a list of whole numbers')
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_called(one) for one in inner if one is not NoneType))
    if origin is Literal:
        return " or ".join(map(repr, inner))
    if hint is BinaryIO:
        return "an open file"
    if origin is not None and origin not in CALLED:
        return f"a list of {CALLED[inner[0]].removeprefix('a ')}s"
    return CALLED.get(origin or hint) or f"{'an' if hint.__name__[0] in 'AEIO' else 'a'} {hint.__name__}"
