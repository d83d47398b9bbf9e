"""``speechlab convert``: recordings in another voice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..batch import SoundBatch
from ..engines import Kind
from ..lab import told
from ..library import conversion_consent
from .app import lab_of
from .engines import lenient, meant, of_engines
from .flags import FlagCommand, FlagGroup, chosen
from .recordings import recordings
from .sounds import sound_options, write


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    with lenient(helping):
        spec = meant(lab_of(ctx), Kind.CONVERT, given.get("engine"))
        return [FlagGroup("convert", f"Engine {spec.id}", spec.knobs)]
    return []


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.CONVERT))
@click.option(
    "--voice",
    required=True,
    metavar="NAME",
    help="Voice to convert into: one of the library (`speechlab voices`), or one of the engine's own.",
)
@click.option(
    "--engine",
    metavar="ID",
    help="Converter; `speechlab engines --kind convert` lists them.  [default: the best installed]",
)
@click.option(
    "--consent",
    metavar="GROUND",
    help="On what ground the voice may be used, in words. A voice of the library has its own.",
)
@sound_options
@click.pass_context
def convert(
    ctx: click.Context,
    files: tuple[Path, ...],
    voice: str,
    engine: str | None,
    consent: str | None,
    format: str,
    out: Path,
) -> None:
    """Recordings in another voice: files, or all recordings in folders; the same words at the same times.

    Every parameter of the engine is a flag: see `speechlab convert --engine ID --help`. What is written says that it is
    synthetic, in its sound and by a label in the file, and on whose consent.
    """
    lab = lab_of(ctx)
    spec = meant(lab, Kind.CONVERT, engine)
    how = {"consent": consent, **chosen(ctx, "convert")}
    pipeline = lab.pipeline({"title": "Convert", "stage": [{"use": spec.name, "voice": voice, **told(how)}]})
    pipeline.ready(lab.policy)
    given = conversion_consent(lab.pool.context, voice, consent or "")
    found = recordings(files)
    batch = SoundBatch(
        lab,
        pipeline,
        found.items,
        out,
        format,
        made=lambda path: lab.convert(path, voice, spec.id, **how),
        comment=lab.library.label(spec.name, voice, given).text(),
    )
    write(ctx, batch, len(found.items))
