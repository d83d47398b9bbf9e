"""Subtitle files translated: into files beside them, or one onto standard output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from ..batch import Finished, SubtitleBatch
from ..batch.subtitles import Translating
from ..errors import ConfigError
from ..formats.options import SubtitleOptions
from ..params import knobs
from .account import Account
from .app import lab_of
from .flags import chosen
from .recordings import many, options_of, printable, recordings

SECOND = tuple(knob for knob in knobs(SubtitleOptions) if knob.name == "second")
"""What the options of a subtitle file are that stays in its own format."""


def subtitles(
    ctx: click.Context,
    files: Sequence[Path],
    formats: Sequence[str],
    into: Sequence[str],
    translating: Translating,
    out: Path | None,
    encoding: str | None,
    also: Callable[[Finished], None],
) -> int:
    """Do the work on subtitle files, and give the exit code. ``also`` is told of each that is done.

    Raises ConfigError where the result could not be printed.
    """
    batch = _batch(ctx, files, formats, into, translating, out, encoding)

    def finished(report: Finished) -> None:
        if not report.written:
            click.echo(_printed(batch, report), nl=False)
        also(report)

    account = Account(
        len(batch.items),
        verbose=bool(ctx.find_root().params.get("verbose")),
        finished=finished,
        stopped="stopped; what is written is whole",
    )
    return account.of(batch)


def _batch(
    ctx: click.Context,
    files: Sequence[Path],
    formats: Sequence[str],
    into: Sequence[str],
    translating: Translating,
    out: Path | None,
    encoding: str | None,
) -> SubtitleBatch:
    lab, second = lab_of(ctx), chosen(ctx, "format").get("second")
    options = options_of(ctx, formats) if formats else {}
    if not formats and second not in (None, "source"):
        raise ConfigError(
            f"{second!r} cannot stand beneath a translation in the file's own format, only what was said can",
            hint="--second source; or name a format, such as --format srt, to lay the subtitles out anew",
        )
    found = recordings(files)
    if out is None and formats:
        printable(lab, found, options, into)
    elif out is None and len(found.items) * len(into) > 1:
        raise ConfigError(
            f"{many(len(found.items), 'file')} in {many(len(into), 'language')} are too much to print",
            hint="say where the files go: --out DIR (--out . is here)",
        )
    return SubtitleBatch(lab, found.items, into, translating, out, options, second == "source", encoding)


def _printed(batch: SubtitleBatch, report: Finished) -> str | bytes:
    [to] = batch.into
    if not batch.formats:
        return batch.written(report.item, report.recording, to)
    [(id, options)] = batch.formats.items()
    return batch.lab.render(report.recording, id, **{"track": to, **options})
