"""What a client of OpenAI's audio endpoints asks, read from the form it sends, as a pipeline of the lab."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from ..choosing import best, leads, translator
from ..clients import admit
from ..engines import EngineSpec, Kind
from ..errors import ConfigError
from ..finding import finding
from ..lab import Lab, told
from ..languages import standard
from ..params import Params, check
from ..pipeline import Pipeline
from ..stages import LIFTS

OTHERS = re.compile(r"(whisper-\d|gpt-)")
"""Model names of OpenAI's own: whoever sends one means the lab's default engine."""
KNOBS: Mapping[str, tuple[str, ...]] = {
    "language": ("language",),
    "prompt": ("prompt", "initial_prompt"),
    "temperature": ("temperature",),
    "keywords": ("hotwords", "keywords"),
}
"""What engines call OpenAI's fields, where they have them."""
UNUSED = frozenset({"chunking_strategy", "include", "known_speaker_names", "known_speaker_references", "languages"})
"""OpenAI's fields that mean nothing here; the host detects speech by itself."""


class Task(StrEnum):
    """Which of the two endpoints."""

    TRANSCRIBE = "transcribe"
    TRANSLATE = "translate"


class Asked(Params):
    """The fields of a request; every parameter of the engine may be sent as a field beside them, and of what translates
    after it."""

    model: str = ""
    """An engine's id, ``engine:model``, or any of OpenAI's names for the default engine."""
    language: str | None = None
    """Language of the speech as a BCP-47 code; without it, it is detected."""
    prompt: str | None = None
    """Text that comes before, to guide the engine, if it can be guided."""
    keywords: tuple[str, ...] = ()
    """Words that are likely to be said, for engines that take them."""
    response_format: str = "json"
    """json, text, srt, vtt, verbose_json, diarized_json, or any other format of the lab."""
    temperature: float | None = None
    """Sampling temperature, for engines that have one."""
    timestamp_granularities: tuple[Literal["word", "segment"], ...] = ("segment",)
    """What verbose_json tells times of."""
    stream: bool = False
    """Send the text as server-sent events while it is recognised."""
    redact: bool = False
    """Write [PERSON] for a person's name, and so on for all personal data; an engine that finds it is put in."""
    to: str = "en"
    """Language to translate into; OpenAI's clients know English only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a request is answered."""

    pipeline: Pipeline
    track: str | None
    """The translation that is asked for; None for the transcript."""
    engines: tuple[str, ...] = ()
    """What hears, and what translates after it."""
    ignored: tuple[str, ...] = ()
    """Fields that the engine has no use for."""


def read(fields: Iterable[tuple[str, Any]]) -> tuple[Asked, dict[str, Any]]:
    """The request in the form's fields, and the fields beside it. Raises ConfigError."""
    gathered: dict[str, list[Any]] = {}
    lists = {"timestamp_granularities", "keywords"}
    for key, value in fields:
        name = key.removesuffix("[]")
        if key != name:
            lists.add(name)
        if value != "":  # clients send empty fields for what nobody chose
            gathered.setdefault(name, []).append(value)
    values = {name: found if name in lists or len(found) > 1 else found[0] for name, found in gathered.items()}
    known = {name: values.pop(name) for name in list(values) if name in Asked.model_fields}
    return check(Asked, known, "the request"), values


def plan(lab: Lab, task: Task, asked: Asked, beside: Mapping[str, Any]) -> Plan:
    """The pipeline that answers a request. Raises ConfigError, EngineNotFound or EngineUnavailable."""
    if task is Task.TRANSLATE:
        asked = asked.model_copy(update={"to": standard(asked.to)})
    spec, chosen = _engine(lab, task, asked)
    both = task is Task.TRANSCRIBE or spec.kind is Kind.SPEECH_TRANSLATE
    after = None if both else translator(lab, asked.to, asked.language)
    later = {name: value for name, value in beside.items() if after and name in _takes(after) - _takes(spec)}
    values, ignored = _values(spec, asked, {name: beside[name] for name in beside if name not in later})
    admit(lab, chosen, values, later)
    stages = [{"use": spec.name, **chosen, **values}]
    if spec.kind is Kind.SPEECH_TRANSLATE:
        stages[0]["to"] = asked.to
    if after is not None:
        stages.append({"use": after.name, "to": [asked.to], **told({"source": asked.language}), **later})
    pipeline = lab.pipeline({"stage": stages})
    if asked.redact:
        if asked.stream:
            raise ConfigError("what is redacted cannot be streamed while it is recognised", hint="leave stream out")
        pipeline = finding(pipeline, lab.plugins)
    engines = (spec.name, after.name) if after else (spec.name,)
    track = None if task is Task.TRANSCRIBE else asked.to
    return Plan(pipeline.ready(lab.policy), track, engines, ignored)


def _engine(lab: Lab, task: Task, asked: Asked) -> tuple[EngineSpec, dict[str, Any]]:
    """The engine that a model's name means, and which of its models. Raises EngineNotFound."""
    id, _, weights = asked.model.partition(":")
    if not id or OTHERS.match(id):
        return lab.engine(Kind.ASR) if task is Task.TRANSCRIBE else best(lab, asked.to, asked.language), {}
    kinds = (Kind.ASR,) if task is Task.TRANSCRIBE else (Kind.SPEECH_TRANSLATE, Kind.ASR)
    there = [spec for kind in kinds if (spec := lab.plugins.engines.get((kind, id)))]
    fitting = [spec for spec in there if _hears(lab, spec, asked)] or there or [lab.plugins.engine(kinds[-1], id)]
    return fitting[0], {"model": weights} if weights else {}


def _hears(lab: Lab, spec: EngineSpec, asked: Asked) -> bool:
    """Whether an engine of that name does what is asked: not Whisper's own translation, into anything but English."""
    return spec.kind is Kind.ASR or not spec.ways or leads(lab, spec, asked.to)


def _takes(spec: EngineSpec) -> set[str]:
    """The parameters of a step with the engine."""
    return {name for part in (spec.params, spec.options, LIFTS[spec.kind].options) for name in part.model_fields}


def _values(spec: EngineSpec, asked: Asked, beside: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The engine's parameters as far as the request tells them, and the fields that mean nothing to it."""
    knobs = {knob.name: knob for knob in spec.knobs}
    values = {name: value for name, value in beside.items() if name not in UNUSED}
    ignored = [name for name in beside if name in UNUSED]
    for field, names in KNOBS.items():
        value = getattr(asked, field)
        if value in (None, ()):
            continue
        knob = next((knobs[name] for name in names if name in knobs), None)
        if knob is None:
            ignored.append(field)
        elif knob.type == "list":
            values[knob.name] = value if isinstance(value, tuple) else (value,)
        else:
            values[knob.name] = ", ".join(value) if isinstance(value, tuple) else value
    if "word" in asked.timestamp_granularities and "word_timestamps" in knobs:
        values.setdefault("word_timestamps", True)
    return values, tuple(ignored)
