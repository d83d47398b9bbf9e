"""``speechlab soundcheck``: what recordings are like, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import SpeechLabError
from ..soundcheck import SoundCheck
from .app import lab_of
from .messages import FAILED, say, tell
from .paths import Named
from .recordings import recordings
from .tables import json_option, write_json, write_table

WORDS = {"good": "ok", "note": "note", "warning": "warning"}


@click.command()
@json_option
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...", type=Named(path_type=Path))
@click.pass_context
def soundcheck(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Level, clipping, noise, bandwidth, channels and silence of recordings, each with advice in words.

    A file that cannot be read stops none of the others. --json writes a list with all figures: decibels count down from
    full scale, times are seconds, frequencies Hz.
    """
    lab, failed = lab_of(ctx), False
    told: list[dict[str, Any]] = []
    for item in recordings(files).items:
        try:
            check = lab.soundcheck(item.path)
        except SpeechLabError as error:
            failed = True
            told.append({"file": str(item.path), "error": str(error), "hint": error.hint})
            tell(f"{item.path.name}: {error}" if item.path.name not in str(error) else str(error), error.hint)
            continue
        told.append({"file": str(item.path), **check.as_json()})
        if not as_json:
            _write(item.path, check)
    if as_json:
        write_json(told)
    elif len(told) > 1:
        say(f"{len(told)} recordings: {sum('error' not in one for one in told)} checked")
    ctx.exit(FAILED if failed else 0)


def _write(path: Path, check: SoundCheck) -> None:
    click.echo(f"{path}: {', '.join(check.facts)}")
    write_table(
        ["", "what is so", "what to do"],
        [[WORDS[item.severity], item.text, item.advice] for item in check.advice],
    )
    click.echo()
