"""``speechlab transcribe``: speech as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..engines import EngineSpec, Kind
from ..errors import ConfigError, EngineUnavailable
from ..lab import Lab, told
from ..params import knobs
from ..preferred import preferred
from ..stages import LIFTS
from .app import lab_of
from .flags import FlagCommand, FlagGroup, chosen
from .maybe import MaybeOption
from .recordings import KEEP_SOUND, Channel, format_elsewhere, format_flags, parameter, recording_options, work

OWN = frozenset({"language"})
"""Parameters that the command itself has a flag for."""
NUMBERS = frozenset(map(str, range(1, 101)))
"""How many people may be said to speak."""


def _groups(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    lab = lab_of(ctx)
    try:
        spec = lab.engine(Kind.ASR, engine_id(given.get("engine"), Kind.ASR))
    except EngineUnavailable:
        if not helping:
            raise
        return format_flags(ctx, given)
    models = (spec.params, spec.options, LIFTS[Kind.ASR].options)
    groups = [FlagGroup("asr", f"Engine {spec.id}", tuple(knob for knob in knobs(*models) if knob.name not in OWN))]
    first = detector(lab, given.get("vad"))
    if first is not None:
        groups.append(FlagGroup("vad", f"Speech detection {first.id}", first.knobs, prefixed=True))
    if given.get("denoise") is not None:
        cleaner = lab.engine(Kind.DENOISE, engine_id(given["denoise"], Kind.DENOISE))
        groups.append(FlagGroup("denoise", "Every denoiser", knobs(LIFTS[Kind.DENOISE].options)))
        own = knobs(cleaner.params, cleaner.options)
        groups.append(FlagGroup("denoise", f"Denoiser {cleaner.id}", own, prefixed=True))
    if given.get("speakers") is not None:
        diarizer, number = who_speaks(lab, given["speakers"])
        models = (diarizer.params, diarizer.options, LIFTS[Kind.DIARIZE].options)
        told_apart = [knob for knob in knobs(*models) if not (number and knob.name == "speakers")]
        groups.append(FlagGroup("diarize", f"Diarizer {diarizer.id}", tuple(told_apart), prefixed=True))
    return [*groups, *format_flags(ctx, given)]


def elsewhere(ctx: click.Context, flag: str) -> str:
    """Of what an unknown flag would be a parameter."""
    name = parameter(flag)
    if name in LIFTS[Kind.DENOISE].options.model_fields:
        return "--denoise"
    if name.startswith("diarize_"):
        return "--speakers"
    ids = [spec.id for spec in lab_of(ctx).engines(Kind.ASR) if any(knob.name == name for knob in spec.knobs)]
    return f"--engine {' or '.join(ids)}" if ids else format_elsewhere(ctx, flag)


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
    spec = lab.engine(Kind.ASR, engine_id(engine, Kind.ASR))
    spoken = told({"language": None if language.lower() == "auto" else language})
    stages = [{"use": spec.name, **spoken, **chosen(ctx, "asr")}]
    detecting = chosen(ctx, "vad")
    first = detector(lab, vad)
    if first is not None and (vad or detecting):
        stages.insert(0, {"use": first.name, **detecting})
    if denoise is not None:
        cleaner = lab.engine(Kind.DENOISE, engine_id(denoise, Kind.DENOISE))
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


def engine_id(name: str | None, kind: Kind) -> str | None:
    """An engine's id, whether it was given as ``whisper`` or, as in a pipeline, as ``asr/whisper``."""
    return name.removeprefix(f"{kind}/") if name else None


def who_speaks(lab: Lab, value: str) -> tuple[EngineSpec, int | None]:
    """What ``--speakers`` means: the diarizer, and how many people speak, where that was said."""
    if value in NUMBERS:
        return lab.engine(Kind.DIARIZE), int(value)
    return lab.engine(Kind.DIARIZE, engine_id(value, Kind.DIARIZE)), None


def engine_ids(lab: Lab, kind: Kind) -> set[str]:
    """All by which an engine of this kind may be named."""
    return {name for spec in lab.engines(kind) for name in (spec.id, spec.name)}


def detector(lab: Lab, name: str | None) -> EngineSpec | None:
    """The detector named, or the one that the host would put before the recogniser."""
    if id := engine_id(name, Kind.VAD):
        return lab.engine(Kind.VAD, id)
    try:
        return preferred(lab.plugins, Kind.VAD)
    except EngineUnavailable:
        return None
