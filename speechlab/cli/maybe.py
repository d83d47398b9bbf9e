"""An option whose value may be left out: the next argument is its value only where it is one that the option knows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

Known = Callable[[click.Context], Collection[str]]


class MaybeOption(click.Option):
    """``--denoise talk.wav`` gives no engine but a recording; ``--denoise rnnoise talk.wav`` gives both.

    The value is empty where it is left out, and None without the option.
    """

    def __init__(self, *args: Any, known: Known, **how: Any) -> None:
        """``known`` tells the values that there are."""
        super().__init__(*args, **how)
        self.known = known


def spelled_out(options: Sequence[click.Parameter], args: Sequence[str], ctx: click.Context) -> Iterator[str]:
    """The arguments with each such option and its value, if any, as one argument."""
    maybe = {name: option for option in options if isinstance(option, MaybeOption) for name in option.opts}
    rest = deque(args)
    while rest:
        arg = rest.popleft()
        if arg == "--":
            yield from (arg, *rest)
            return
        if arg in maybe:
            value = rest.popleft() if rest and _is_value(rest[0], maybe[arg].known(ctx)) else ""
            arg = f"{arg}={value}"
        yield arg


def _is_value(arg: str, known: Collection[str]) -> bool:
    """Whether an argument is a value, or one mistyped: a bare word that names no file had better be told of."""
    return arg in known or (
        arg.replace("-", "").replace("_", "").isalnum() and arg[0] != "-" and not Path(arg).exists()
    )
