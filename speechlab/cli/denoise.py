"""``speechlab denoise``: recordings without their noise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..batch import SoundBatch
from ..engines import Kind
from ..params import knobs
from ..stages import LIFTS
from .app import lab_of
from .engines import lenient, meant, of_engines
from .flags import FlagCommand, FlagGroup, chosen
from .recordings import recordings
from .sounds import sound_options, write


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    with lenient(helping):
        spec = meant(lab_of(ctx), Kind.DENOISE, given.get("engine"))
        every = knobs(LIFTS[Kind.DENOISE].options)
        common = tuple(knob for knob in every if knob.name != "recognise")  # nothing is here
        own = FlagGroup("denoise", f"Engine {spec.id}", spec.knobs)
        return [FlagGroup("denoise", "Every denoiser", common), own]
    return []


@click.command(cls=FlagCommand, groups=_groups, elsewhere=of_engines(Kind.DENOISE))
@click.option(
    "--engine",
    metavar="ID",
    help="Denoiser; `speechlab engines --kind denoise` lists them.  [default: the best installed]",
)
@click.option(
    "--highpass",
    type=float,
    metavar="HZ",
    help="Take away what lies below HZ first: rumble, hum, wind; 80 suits speech.",
)
@click.option("--trim", is_flag=True, help="Leave out the silence before the first sound and after the last.")
@click.option(
    "--loudness",
    type=float,
    metavar="LUFS",
    help="Make each as loud as this: -16 as most podcasts, -23 as in broadcasting.",
)
@sound_options
@click.pass_context
def denoise(
    ctx: click.Context,
    files: tuple[Path, ...],
    engine: str | None,
    highpass: float | None,
    trim: bool,
    loudness: float | None,
    format: str,
    out: Path,
) -> None:
    """Recordings without their noise, for listening: files, or all recordings in folders.

    Each keeps its channels, its sample rate and, without --trim, its length. Every parameter of the engine is a flag:
    see `speechlab denoise --engine ID --help`. What is to be recognised is better left as it is.
    """
    lab = lab_of(ctx)
    spec = meant(lab, Kind.DENOISE, engine)
    stages = [{"use": spec.name, **chosen(ctx, "denoise")}]
    if highpass is not None:
        stages.insert(0, {"use": "prepare/highpass", "hz": highpass})
    if trim:
        stages.append({"use": "prepare/trim"})
    if loudness is not None:  # last, so that silence which is left out is not measured
        stages.append({"use": "prepare/loudness", "target_lufs": loudness})
    pipeline = lab.pipeline({"title": "Denoise", "stage": stages})
    pipeline.ready(lab.policy)
    found = recordings(files)
    batch = SoundBatch(lab, pipeline, found.items, out, format)
    write(ctx, batch, len(found.items))
