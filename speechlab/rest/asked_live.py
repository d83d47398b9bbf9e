"""What a client of the live sockets asks for, by name and parameters or as data, as a pipeline of the lab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..clients import admit
from ..engines import Kind
from ..errors import ConfigError
from ..lab import Lab
from ..params import Knob, nearest, unknown_key
from ..pipeline import SPEECH_KINDS, Pipeline

FIRST = (Kind.ASR, Kind.SPEECH_TRANSLATE, Kind.VAD)
"""The kinds whose parameters are meant first, where several steps have one of that name."""


def asked(lab: Lab, named: object, values: Mapping[str, Any], vad: str | None = None) -> Pipeline:
    """The pipeline that is meant: a registered one by its name, an engine as ``asr/whisper``, data as in a file, or,
    where nothing is named, the best recognizer that is installed.

    ``values`` are parameters of its steps; ``vad`` is the detector before an engine, if not the best installed. Raises
    ConfigError, EngineNotFound, EngineUnavailable or PolicyDenied.
    """
    stages = named.get("stage") if isinstance(named, Mapping) else None
    admit(lab, values, *(stages if isinstance(stages, list) else ()))
    first = [{"use": f"{Kind.VAD}/{vad.removeprefix(f'{Kind.VAD}/')}"}] if vad else []
    match named:
        case None | "":
            return asked(lab, lab.engine(Kind.ASR).name, values, vad)
        case Mapping() | str() if vad and not _engine(named):
            raise ConfigError("a pipeline names its own detector, so vad does not fit", hint="leave it out")
        case Mapping():
            return having(lab.pipeline(named), values)
        case str() if named in lab.plugins.pipelines:
            return having(lab.pipeline(named), values)
        case str() if _engine(named):
            return having(lab.pipeline({"title": "Live", "stage": [*first, {"use": named}]}), values)
    known = [*lab.plugins.pipelines, *(spec.name for spec in lab.engines() if spec.kind in SPEECH_KINDS)]
    raise ConfigError(f"there is no pipeline {named!r}", hint=nearest(named, known, "there are"))


def having(pipeline: Pipeline, values: Mapping[str, Any]) -> Pipeline:
    """The same pipeline with other values for parameters of its steps. Raises ConfigError."""
    steps = {at: (one, {knob.name: knob for knob in one.knobs}) for at, one in enumerate(pipeline.steps)}
    order = sorted(steps, key=lambda at: FIRST.index(kind) if (kind := steps[at][0].spec.kind) in FIRST else len(FIRST))
    taken: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        at = next((at for at in order if name in steps[at][1]), None)
        if at is None:
            raise unknown_key(name, {known for at in order for known in steps[at][1]}, "the pipeline")
        taken.setdefault(at, {})[name] = _fitting(steps[at][1][name], value)
    return replace(
        pipeline, steps=tuple(one.having(taken[at]) if at in taken else one for at, (one, _) in steps.items())
    )


def read(query: Iterable[tuple[str, str]], reserved: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """The keys of a query that are the host's own, and the parameters beside them; what is empty was not given."""
    own: dict[str, str] = {}
    values: dict[str, Any] = {}
    mine = frozenset(reserved)
    for name, value in query:
        if name in mine:
            own[name] = value
        elif value:
            values[name] = (*values[name], value) if name in values else (value,)
    return own, {name: given if len(given) > 1 else given[0] for name, given in values.items()}


def _engine(named: object) -> bool:
    """Whether it names an engine that hears speech."""
    return isinstance(named, str) and named.partition("/")[0] in SPEECH_KINDS


def _fitting(knob: Knob, value: Any) -> Any:
    """A query says the one value of a list as it says any other."""
    return (value,) if knob.type == "list" and isinstance(value, str) else value
