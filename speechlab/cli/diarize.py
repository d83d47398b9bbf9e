"""``speechlab diarize``: who spoke when."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..engines import Kind
from ..params import knobs
from ..stages import LIFTS
from .app import lab_of
from .engines import lenient, meant, of_engines
from .flags import FlagCommand, FlagGroup, chosen
from .recordings import Channel, format_elsewhere, format_flags, recording_options, work

FORMAT = "rttm"
VOICES = frozenset({"known_voices", "voice_threshold"})
"""What the host adds to a diarizer that concerns turns; the rest concerns words."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    groups = list[FlagGroup]()
    with lenient(helping):
        spec = meant(lab_of(ctx), Kind.DIARIZE, given.get("engine"))
        host = tuple(knob for knob in knobs(LIFTS[Kind.DIARIZE].options) if knob.name in VOICES)
        groups.append(FlagGroup("diarize", f"Engine {spec.id}", spec.knobs))
        groups.append(FlagGroup("diarize", "Enrolled voices", host))
    return [*groups, *format_flags(ctx, {"formats": given.get("formats") or (FORMAT,)})]


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.DIARIZE, format_elsewhere))
@click.option(
    "--engine",
    metavar="ID",
    help="Diarizer; `speechlab engines --kind diarize` lists them.  [default: the best installed]",
)
@partial(recording_options, format=FORMAT)
@click.pass_context
def diarize(
    ctx: click.Context,
    files: tuple[Path, ...],
    engine: str | None,
    formats: tuple[str, ...],
    out: Path | None,
    resume: bool,
    channel: Channel,
) -> None:
    """Who spoke when: in files, or in all recordings in folders.

    Every parameter of the engine is a flag: see `speechlab diarize --engine ID --help`. Who said which word is told by
    a pipeline that recognises before it diarizes.
    """
    lab = lab_of(ctx)
    spec = meant(lab, Kind.DIARIZE, engine)
    pipeline = lab.pipeline({"title": "Diarize", "stage": [{"use": spec.name, **chosen(ctx, "diarize")}]})
    ctx.exit(work(ctx, pipeline, files, formats or (FORMAT,), out, resume, channel))
