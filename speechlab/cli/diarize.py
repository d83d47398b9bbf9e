"""``speechlab diarize``: who spoke when."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..engines import Kind
from ..errors import EngineUnavailable
from ..params import knobs
from ..stages import LIFTS
from .app import lab_of
from .flags import FlagCommand, FlagGroup, chosen
from .recordings import Channel, format_elsewhere, format_flags, parameter, recording_options, work
from .transcribe import engine_id

FORMAT = "rttm"
VOICES = frozenset({"known_voices", "voice_threshold"})
"""What the host adds to a diarizer that concerns turns; the rest concerns words."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    formats = format_flags(ctx, {"formats": given.get("formats") or (FORMAT,)})
    try:
        spec = lab_of(ctx).engine(Kind.DIARIZE, engine_id(given.get("engine"), Kind.DIARIZE))
    except EngineUnavailable:
        if not helping:
            raise
        return formats
    host = tuple(knob for knob in knobs(LIFTS[Kind.DIARIZE].options) if knob.name in VOICES)
    own = FlagGroup("diarize", f"Engine {spec.id}", knobs(spec.params, spec.options))
    return [own, FlagGroup("diarize", "Enrolled voices", host), *formats]


def _elsewhere(ctx: click.Context, flag: str) -> str:
    name = parameter(flag)
    ids = [spec.id for spec in lab_of(ctx).engines(Kind.DIARIZE) if any(knob.name == name for knob in spec.knobs)]
    return f"--engine {' or '.join(ids)}" if ids else format_elsewhere(ctx, flag)


@click.command(cls=FlagCommand, groups=_groups, elsewhere=_elsewhere)
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
    spec = lab.engine(Kind.DIARIZE, engine_id(engine, Kind.DIARIZE))
    pipeline = lab.pipeline({"title": "Diarize", "stage": [{"use": spec.name, **chosen(ctx, "diarize")}]})
    ctx.exit(work(ctx, pipeline, files, formats or (FORMAT,), out, resume, channel))
