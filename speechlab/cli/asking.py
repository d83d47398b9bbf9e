"""What the arguments of ``speechlab live`` mean: a pipeline, the flags of each of its steps, and files to save to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ..contributions import Format
from ..engines import Kind
from ..errors import ConfigError, EngineUnavailable, OutputError
from ..lab import Lab, told
from ..pipeline import SPEECH_KINDS, Pipeline, Step, step
from ..stages.translate import TranslateStage
from ..types import Recording
from .app import lab_of
from .engines import detector, meant
from .flags import FlagGroup, chosen
from .recordings import format_flags

OWN = frozenset({"language", "to"})
"""Parameters that the command itself has a flag for."""
HEARD = "asr"
"""The key of the flags of whatever recognises speech."""


def flags(ctx: click.Context, given: Mapping[str, Any], helping: bool) -> list[FlagGroup]:
    """The parameters of each step of the pipeline that is meant, and the options of the formats that it is saved in."""
    lab = lab_of(ctx)
    ids = [_format(lab, Path(path), given.get("format")).id for path in given.get("outputs") or ()]
    saving = format_flags(ctx, {"formats": ids}) if ids else []
    try:
        pipeline = named(lab, given)
    except EngineUnavailable:
        if not (helping or given.get("list_devices")):
            raise
        return saving
    steps = sorted(_keyed(pipeline), key=lambda step: step[0] != HEARD)
    return [*(_group(key, one) for key, one in steps), *saving]


def asked(ctx: click.Context, given: Mapping[str, Any]) -> Pipeline:
    """The pipeline that the arguments and flags mean, as it is run live. Raises SpeechLabError."""
    lab = lab_of(ctx)
    pipeline = named(lab, given)
    steps = tuple(one.having(values) if (values := chosen(ctx, key)) else one for key, one in _keyed(pipeline))
    checked: Pipeline = lab.live.checked(replace(pipeline, steps=steps))
    return checked


def named(lab: Lab, given: Mapping[str, Any]) -> Pipeline:
    """The pipeline that the arguments name, without what the flags say of its steps. Raises SpeechLabError."""
    if name := given.get("pipeline"):
        if other := next((flag for flag in ("engine", "vad") if given.get(flag)), None):
            raise ConfigError(f"a pipeline names its own engines, so --{other} does not fit", hint="leave one out")
        pipeline = lab.pipeline(name)
    else:
        stages = [{"use": meant(lab, Kind.ASR, given.get("engine")).name}]
        if (vad := given.get("vad")) and (first := detector(lab, vad)) is not None:
            stages.insert(0, {"use": first.name})
        pipeline = lab.pipeline({"title": "Live", "stage": stages})
    language = given.get("language") or ""
    spoken = told({"language": language if language.lower() not in ("", "auto") else None})
    steps = tuple(one.having(spoken) if one.spec.kind in SPEECH_KINDS else one for one in pipeline.steps)
    return _translated(lab, replace(pipeline, steps=steps), given)


def targets(pipeline: Pipeline) -> list[str]:
    """The languages into which each line is translated."""
    lifts = (one.lift_options for one in pipeline.steps)
    return [language for lift in lifts if isinstance(lift, TranslateStage) for language in lift.to]


def _translated(lab: Lab, pipeline: Pipeline, given: Mapping[str, Any]) -> Pipeline:
    """The pipeline with its own translators told the languages, or with a translator at its end."""
    into = {"to": tuple(given.get("to") or ())}
    if not into["to"]:
        return pipeline
    if any(one.spec.kind is Kind.TRANSLATE for one in pipeline.steps):
        steps = (one.having(into) if one.spec.kind is Kind.TRANSLATE else one for one in pipeline.steps)
        return replace(pipeline, steps=tuple(steps))
    spec = meant(lab, Kind.TRANSLATE, given.get("translator"))
    return replace(pipeline, steps=(*pipeline.steps, step(lab.plugins, spec.kind, spec.id, into)))


def _keyed(pipeline: Pipeline) -> Iterator[tuple[str, Step]]:
    """Each step with the key of its flags: what recognises speech first has plain names, of the rest each its kind."""
    taken: dict[str, int] = {}
    for one in pipeline.steps:
        key = HEARD if one.spec.kind in SPEECH_KINDS and HEARD not in taken else one.spec.kind.value
        taken[key] = taken.get(key, 0) + 1
        yield key if taken[key] == 1 else f"{key}{taken[key]}", one


def _group(key: str, one: Step) -> FlagGroup:
    """The parameters of one step, with what holds live as their defaults."""
    held = one.for_live()
    values = {name: value for part in (held.lift_options, held.options, held.params) for name, value in part}
    knobs = tuple(replace(knob, default=values[knob.name]) for knob in one.knobs if knob.name not in OWN)
    what = "Engine" if key == HEARD else one.spec.kind.label
    return FlagGroup(key, f"{what} {one.spec.id}", knobs, prefixed=key != HEARD)


@dataclass(frozen=True)
class Output:
    """A file that the recording is saved to."""

    path: Path
    format: Format
    options: Mapping[str, Any]


def outputs(ctx: click.Context, given: Mapping[str, Any]) -> list[Output]:
    """The files to save to; what would not work is told before anybody speaks. Raises ConfigError or OutputError."""
    lab, options = lab_of(ctx), chosen(ctx, "format")
    if given["format"] and not given["outputs"]:
        raise ConfigError("--format says how to save, but nothing says where", hint="--output FILE does")
    files = []
    for path in given["outputs"]:
        _writable(path)
        format = _format(lab, path, given["format"])
        fitting = {name: value for name, value in options.items() if name in format.options.model_fields}
        lab.render(Recording(), format.id, **fitting)
        files.append(Output(path, format, fitting))
    if given["keep_sound"] is not None:
        _writable(given["keep_sound"])
    return files


def _format(lab: Lab, path: Path, id: str | None) -> Format:
    suffix = path.suffix.removeprefix(".").lower()
    meant = (format.id for format in lab.plugins.formats.values() if format.suffix == suffix)
    return lab.plugins.format(id or next(meant, suffix or "txt"))


def _writable(path: Path) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise OutputError(f"{path} cannot be written", hint="name a file in a folder that is there")
