"""A file of stages in, a pipeline of checked steps out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from ..engines import Kind
from ..errors import ConfigError, EngineUnavailable
from ..library import speaker_of
from ..params import nearest, unknown_key
from ..plugins import Plugins
from ..preferred import preferred
from .order import Channels, Pipeline
from .steps import SPEECH_KINDS, Step, step

ALONE = "the pipeline"
"""What one is called that has no name."""


def parse(text: str, plugins: Plugins, *, where: str = "the pipeline") -> Pipeline:
    """The pipeline that a TOML text describes. Raises ConfigError or EngineNotFound."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is no TOML: {error}", hint="mend that line") from None
    return build(data, plugins, where=where)


def read(path: Path, plugins: Plugins) -> Pipeline:
    """The pipeline in a file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the pipeline file {path} cannot be read: {error}", hint="check its name") from None
    return parse(text, plugins, where=path.name)


class _File(BaseModel):
    """The keys of a pipeline file."""

    title: str = ""
    description: str = ""
    channels: Channels = "mix"
    stage: list[dict[str, Any]]


def build(data: Mapping[str, Any], plugins: Plugins, *, where: str = ALONE) -> Pipeline:
    """The pipeline that plain data describes, as a parsed file or a face's own dictionary."""
    known = _File.model_fields
    for key in data:
        if key not in known:
            raise unknown_key(key, known, where)
    tables = data.get("stage")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{where} has no stages", hint='write at least one [[stage]] with use = "kind/engine"')
    channels = data.get("channels", "mix")
    if channels not in get_args(Channels):
        hint = nearest(str(channels), get_args(Channels), "there are")
        raise ConfigError(f"{where}: channels cannot be {channels!r}", hint=hint)
    alone = where == ALONE and len(tables) == 1  # a face made it of one engine, and nobody knows of stages
    places = ["" if alone else f"{where}, stage {number}" for number in range(1, len(tables) + 1)]
    steps = [_step(table, plugins, place) for table, place in zip(tables, places, strict=True)]
    title, description = str(data.get("title", "")), str(data.get("description", ""))
    return Pipeline(_with_detector(steps, plugins), title, description, channels)


def _step(table: Mapping[str, Any], plugins: Plugins, where: str) -> Step:
    use = table.get("use")
    kind, _, id = use.partition("/") if isinstance(use, str) else ("", "", "")
    if not kind or (not id and kind not in list(Kind)):
        raise ConfigError(
            f'{where or ALONE} does not say which engine to use: it needs use = "kind/engine"', hint=_kinds(use)
        )
    if kind not in list(Kind):
        hint = nearest(kind, list(Kind), "there are")
        raise ConfigError(f"{where or ALONE}: there is no kind of engine {kind!r}", hint=hint)
    values = {k: v for k, v in table.items() if k != "use"}
    if not id and kind == Kind.TTS and (speaker := speaker_of(plugins.context, values)):
        kind, _, id = speaker.partition("/")
    id = id or preferred(plugins, Kind(kind)).id
    return step(plugins, Kind(kind), id, values, where=f"{where} ({use})" if where else "")


def _with_detector(steps: Iterable[Step], plugins: Plugins) -> tuple[Step, ...]:
    """The steps, with speech detection before the first recognizer where the file names none."""
    steps = list(steps)
    first = next((i for i, one in enumerate(steps) if one.spec.kind in SPEECH_KINDS), None)
    if first is None or any(one.spec.kind == Kind.VAD for one in steps[:first]):
        return tuple(steps)
    with suppress(EngineUnavailable):
        steps.insert(first, step(plugins, Kind.VAD, preferred(plugins, Kind.VAD).id, {}))
    return tuple(steps)


def _kinds(use: object) -> str:
    return nearest(str(use or ""), list(Kind), "the kinds are")
