"""``speechlab transcribe``: speech as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..engines import Kind
from ..errors import ConfigError
from ..lab import told
from ..params import knobs
from ..stages import LIFTS
from .app import lab_of
from .engines import (
    NUMBERS,
    detector,
    detector_flags,
    engine_ids,
    lenient,
    meant,
    of_engines,
    parameter,
    settings,
    who_speaks,
)
from .flags import FlagCommand, FlagGroup, chosen
from .maybe import MaybeOption
from .recordings import KEEP_SOUND, Channel, format_elsewhere, format_flags, recording_options, work

OWN = frozenset({"language"})
"""Parameters that the command itself has a flag for."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    lab, groups = lab_of(ctx), list[FlagGroup]()
    with lenient(helping):
        spec = meant(lab, Kind.ASR, given.get("engine"))
        groups += [FlagGroup("asr", f"Engine {spec.id}", settings(spec, OWN)), *detector_flags(lab, given.get("vad"))]
        if given.get("denoise") is not None:
            cleaner = meant(lab, Kind.DENOISE, given["denoise"])
            groups.append(FlagGroup("denoise", "Every denoiser", knobs(LIFTS[Kind.DENOISE].options)))
            groups.append(FlagGroup("denoise", f"Denoiser {cleaner.id}", cleaner.knobs, prefixed=True))
        if given.get("speakers") is not None:
            diarizer, number = who_speaks(lab, given["speakers"])
            told_apart = settings(diarizer, {"speakers"} if number else ())
            groups.append(FlagGroup("diarize", f"Diarizer {diarizer.id}", told_apart, prefixed=True))
    return [*groups, *format_flags(ctx, given)]


def elsewhere(ctx: click.Context, flag: str) -> str:
    """Of what an unknown flag would be a parameter."""
    name = parameter(flag)
    if name in LIFTS[Kind.DENOISE].options.model_fields:
        return "--denoise"
    if name.startswith("diarize_"):
        return "--speakers"
    return of_engines(Kind.ASR, format_elsewhere)(ctx, flag)


@click.command(cls=FlagCommand, groups=_groups, elsewhere=elsewhere)
@click.option(
    "--engine",
    metavar="ID",
    help="Recogniser; `speechlab engines --kind asr` lists them.  [default: the best installed]",
)
@click.option(
    "--language",
    default="auto",
    metavar="CODE",
    help="Language spoken, as a code such as en or pt-BR.  [default auto: detected]",
)
@click.option("--vad", metavar="ID", help="Speech detector put before the recogniser.  [default: the best installed]")
@click.option(
    "--denoise",
    cls=MaybeOption,
    known=lambda ctx: engine_ids(lab_of(ctx), Kind.DENOISE),
    metavar="[ID]",
    help="Clean the sound: for the ear (--keep-sound), or for the recogniser too (--recognise better or clean). "
    "[without a value the best denoiser installed]",
)
@KEEP_SOUND
@click.option(
    "--speakers",
    cls=MaybeOption,
    known=lambda ctx: engine_ids(lab_of(ctx), Kind.DIARIZE) | NUMBERS,
    metavar="[ID|N]",
    help="Tell who said each word. ID is a diarizer, N how many people speak, where that is known.  "
    "[without a value the best diarizer installed]",
)
@recording_options
@click.pass_context
def transcribe(
    ctx: click.Context,
    files: tuple[Path, ...],
    engine: str | None,
    language: str,
    vad: str | None,
    denoise: str | None,
    keep_sound: str | None,
    speakers: str | None,
    formats: tuple[str, ...],
    out: Path | None,
    resume: bool,
    channel: Channel,
) -> None:
    """Speech as text: of files, or of all recordings in folders.

    Every parameter of the engine and of the formats is a flag:
    see `speechlab transcribe --engine ID --format ID --help`.
    """
    lab = lab_of(ctx)
    spec = meant(lab, Kind.ASR, engine)
    spoken = told({"language": None if language.lower() == "auto" else language})
    stages = [{"use": spec.name, **spoken, **chosen(ctx, "asr")}]
    detecting = chosen(ctx, "vad")
    first = detector(lab, vad)
    if first is not None and (vad or detecting):
        stages.insert(0, {"use": first.name, **detecting})
    if denoise is not None:
        cleaner = meant(lab, Kind.DENOISE, denoise)
        stages.insert(0, {"use": cleaner.name, **chosen(ctx, "denoise")})
    if speakers is not None:
        if channel == "each":
            raise ConfigError(
                "each channel is a speaker already", hint="leave out --speakers, or --channel each to hear all as one"
            )
        diarizer, number = who_speaks(lab, speakers)
        stages.append({"use": diarizer.name, **told({"speakers": number}), **chosen(ctx, "diarize")})
    pipeline = lab.pipeline({"title": "Transcribe", "stage": stages})
    if denoise is not None and keep_sound is None and pipeline.for_ear(pipeline.steps[0]):
        raise ConfigError(
            "the cleaned sound would go nowhere: the raw one is recognised, since recognisers do better on it",
            hint="--keep-sound writes the cleaned one; --recognise better keeps the better of both texts",
        )
    ctx.exit(work(ctx, pipeline, files, formats, out, resume, channel, keep_sound))
