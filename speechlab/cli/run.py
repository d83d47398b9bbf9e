"""``speechlab run``: any pipeline over recordings."""

from __future__ import annotations

from pathlib import Path

import click

from .app import lab_of
from .flags import FlagCommand
from .recordings import KEEP_SOUND, Channel, format_elsewhere, format_flags, recording_options, work


@click.command(cls=FlagCommand, groups=format_flags, elsewhere=format_elsewhere)
@click.argument("pipeline", metavar="PIPELINE")
@KEEP_SOUND
@recording_options
@click.pass_context
def run(
    ctx: click.Context,
    pipeline: str,
    files: tuple[Path, ...],
    formats: tuple[str, ...],
    out: Path | None,
    resume: bool,
    channel: Channel,
    keep_sound: str | None,
) -> None:
    """A pipeline over files, or over all recordings in folders.

    PIPELINE is a name that `speechlab pipelines list` tells, or a .toml file. The options of the formats are flags:
    see `speechlab run --format ID --help`.
    """
    ctx.exit(work(ctx, lab_of(ctx).pipeline(pipeline), files, formats, out, resume, channel, keep_sound))
