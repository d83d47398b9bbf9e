"""Engines as the command line names them, with what may be set of them and where a flag belongs that others have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress

import click

from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable
from ..lab import Lab
from ..params import Knob, knobs
from ..preferred import preferred
from ..stages import LIFTS
from .app import lab_of
from .flags import Elsewhere, FlagGroup

NUMBERS = frozenset(map(str, range(1, 101)))
"""How many people may be said to speak."""


def meant(lab: Lab, kind: Kind, name: str | None) -> EngineSpec:
    """The engine that is named, the best installed where none is. Raises ConfigError or EngineUnavailable."""
    return lab.engine(kind, engine_id(name, kind))


def engine_id(name: str | None, kind: Kind) -> str | None:
    """An engine's id, whether it was given as ``whisper`` or, as in a pipeline, as ``asr/whisper``."""
    return name.removeprefix(f"{kind}/") if name else None


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


def detector_flags(lab: Lab, name: str | None) -> list[FlagGroup]:
    """What may be set of the detector before the recogniser, if there is one."""
    first = detector(lab, name)
    return [FlagGroup("vad", f"Speech detection {first.id}", first.knobs, prefixed=True)] if first else []


def who_speaks(lab: Lab, value: str) -> tuple[EngineSpec, int | None]:
    """What ``--speakers`` means: the diarizer, and how many people speak, where that was said."""
    if value in NUMBERS:
        return lab.engine(Kind.DIARIZE), int(value)
    return meant(lab, Kind.DIARIZE, value), None


def settings(spec: EngineSpec, but: Collection[str] = ()) -> tuple[Knob, ...]:
    """What may be set of an engine and of the host around it, but for these."""
    found = knobs(spec.params, spec.options, LIFTS[spec.kind].options)
    return tuple(knob for knob in found if knob.name not in but)


def lenient(helping: bool) -> AbstractContextManager[None]:
    """Where only the help is asked for, an engine that is not there leaves out its own flags, and nothing else."""
    return suppress(EngineUnavailable) if helping else nullcontext()


def of_engines(kind: Kind, *others: Elsewhere) -> Elsewhere:
    """Which engines of a kind have a flag; where none has, what the ``others`` know of it."""

    def told(ctx: click.Context, flag: str) -> str:
        name = parameter(flag)
        ids = [spec.id for spec in lab_of(ctx).engines(kind) if any(knob.name == name for knob in spec.knobs)]
        return f"--engine {' or '.join(ids)}" if ids else _first(others, ctx, flag)

    return told


def parameter(flag: str) -> str:
    """The parameter that a flag would be.

    >>> parameter("--no-highlight-words"), parameter("--beam-size")
    ('highlight_words', 'beam_size')
    """
    return flag.removeprefix("--").removeprefix("no-").replace("-", "_")


def _first(others: Sequence[Elsewhere], ctx: click.Context, flag: str) -> str:
    return next(filter(None, (told(ctx, flag) for told in others)), "")
