"""``speechlab provenance``: whether recordings say that an engine made them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import SpeechLabError
from .app import lab_of
from .messages import FAILED, tell
from .paths import Named
from .recordings import recordings
from .tables import json_option, write_json


@click.command()
@json_option
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...", type=Named(path_type=Path))
@click.pass_context
def provenance(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Whether recordings are marked as synthetic, in their sound or by a label in the file.

    The mark is the one that this lab puts into all that it speaks; what others make may bear none.
    A file that cannot be read stops none of the others.
    """
    lab, failed = lab_of(ctx), False
    told: list[dict[str, Any]] = []
    for item in recordings(files).items:
        try:
            origin = lab.provenance(item.path)
        except SpeechLabError as error:
            failed = True
            told.append({"file": str(item.path), "error": str(error), "hint": error.hint})
            tell(f"{item.path.name}: {error}" if item.path.name not in str(error) else str(error), error.hint)
            continue
        told.append({"file": str(item.path), **origin.as_json()})
        if as_json:
            continue
        click.echo(f"{item.path}: {origin.text}")
        if origin.label:
            click.echo("".join(f"    {line}\n" for line in origin.label.lines), nl=False)
    if as_json:
        write_json(told)
    ctx.exit(FAILED if failed else 0)
