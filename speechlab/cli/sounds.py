"""Recordings in, sound out: what ``speechlab denoise`` and ``speechlab convert`` have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..batch import SoundBatch
from ..media import WRITABLE
from .account import Account
from .paths import Named

C = TypeVar("C", bound=Callable[..., Any])
OPTIONS = (
    click.option(
        "--format",
        "format",
        type=click.Choice(list(WRITABLE)),
        default="wav",
        help="Format of the results.  [default wav]",
    ),
    click.option(
        "--out", type=Named(path_type=Path), required=True, metavar="DIR", help="Write DIR/NAME.wav for each file."
    ),
    click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...", type=Named(path_type=Path)),
)


def sound_options(command: C) -> C:
    """--format, --out and FILE|FOLDER..."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def write(ctx: click.Context, batch: SoundBatch, count: int) -> None:
    """Write them all, telling how it goes, and leave with the exit code."""
    account = Account(
        count,
        verbose=bool(ctx.find_root().params.get("verbose")),
        finished=lambda report: None,
        stopped="stopped; what is written is whole",
    )
    ctx.exit(account.of(batch))
