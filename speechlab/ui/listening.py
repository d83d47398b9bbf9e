"""How speech is to be heard live: what may be picked beside the captions, and the pipeline that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..clients import admit
from ..engines import EngineSpec, Kind
from ..errors import EngineUnavailable, SpeechLabError
from ..lab import Lab
from ..params import Knob
from ..pipeline import SPEECH_KINDS, Pipeline, Step
from ..preferred import ROUTES, TOY
from . import settings
from .html import render

PAUSE = "min_silence_duration_ms"
"""What detectors, and engines that stream, call the silence that settles what was said."""
COMMIT = "commit"
"""What the host calls the policy by which words count as said."""
TENTATIVE = "tentative"
"""What the host calls translating words that may still change."""
UNKNOWN_PAUSE = 500
"""Milliseconds of that silence where nothing can be asked for it."""
HEARS = frozenset({*SPEECH_KINDS, Kind.INTERPRET})
"""Kinds of engines that give text for sound."""
GIVES_TRANSLATION = frozenset({Kind.TRANSLATE, Kind.SPEECH_TRANSLATE, Kind.INTERPRET})


@dataclass(frozen=True)
class Hearer:
    """What hears: an engine with all that the host puts around it, or a pipeline that somebody wrote."""

    key: str
    """``asr/ENGINE``, or the name of a registered pipeline."""
    pipeline: Pipeline

    @property
    def written(self) -> bool:
        """Whether somebody wrote it; an engine is named by its kind."""
        return "/" not in self.key

    @property
    def name(self) -> str:
        """What people call it."""
        return (self.pipeline.title or self.key) if self.written else self.step.spec.id

    @cached_property
    def step(self) -> Step:
        """The first step that gives text for sound."""
        return next(step for step in self.pipeline.steps if step.spec.kind in HEARS)

    @cached_property
    def pausing(self) -> Step | None:
        """The step that decides which silence settles what was said: an engine that streams, or else the detector."""
        detectors = (step for step in self.pipeline.steps if step.spec.kind is Kind.VAD)
        return next((step for step in (self.step, *detectors) if PAUSE in _names(step)), None)

    @property
    def pause(self) -> int | None:
        """That silence in milliseconds; None where nothing can be asked for it."""
        return None if self.pausing is None else _value(self.pausing.for_live(), PAUSE)

    @property
    def languages(self) -> tuple[str, ...] | None:
        """What it understands; None where it cannot be told what is spoken."""
        return self.step.spec.languages if "language" in _names(self.step) else None

    @property
    def language(self) -> str:
        """The language that its pipeline names."""
        return (_value(self.step, "language") or "") if self.languages is not None else ""

    def has(self, *kinds: Kind) -> bool:
        """Whether a step is of one of these kinds."""
        return any(step.spec.kind in kinds for step in self.pipeline.steps)

    @property
    def knobs(self) -> list[Knob]:
        """What else may be set, with what holds live as the defaults: the engine's own, and second the commit policy;
        the host's others are advanced."""
        step = self.step.for_live()
        own = {knob.name for knob in step.spec.knobs}

        def shown(knob: Knob) -> Knob:
            advanced = knob.advanced if knob.name in own else knob.name != COMMIT
            return replace(knob, default=_value(step, knob.name), advanced=advanced)

        found = {knob.name: shown(knob) for knob in step.knobs if knob.name not in ("language", PAUSE)}
        commit = [found.pop(COMMIT)] if COMMIT in found else []
        rest = list(found.values())
        return [*rest[:1], *commit, *rest[1:]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was set beside the captions; empty where somebody left it as it is."""

    language: str | None = None
    target: str | None = None
    """Language to translate into."""
    translator: str | None = None
    """Empty for the best there is."""
    denoiser: str | None = None
    pause: float | None = None
    """Milliseconds of silence that settle what was said."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of what hears."""
    tentative: bool = False
    """Whether to translate what may still change."""


def hearers(lab: Lab) -> list[Hearer]:
    """Every engine that recognises speech, in the order of the other tab; then the registered pipelines that hear."""
    found = [hearer(lab, f"{Kind.ASR}/{id}") for _, id in settings.engines(lab)]
    found += [hearer(lab, id) for id in lab.plugins.pipelines]
    return [one for one in found if one is not None]


def hearer(lab: Lab, key: str | None) -> Hearer | None:
    """What this key stands for, if there is such an engine or pipeline and it gives text for sound."""
    if not key or ("/" not in key and key not in lab.plugins.pipelines):  # it comes from the page
        return None
    try:
        pipeline = lab.pipeline({"stage": [{"use": key}]} if "/" in key else key)
        pipeline.for_live()
    except SpeechLabError:
        return None
    return Hearer(key, pipeline) if any(step.spec.kind in HEARS for step in pipeline.steps) else None


def choices(lab: Lab) -> list[tuple[str, str]]:
    """What may hear, label and key."""
    return [(_label(one), one.key) for one in hearers(lab)]


def installed(lab: Lab, kind: Kind) -> list[EngineSpec]:
    """The engines of a kind that can run and are no toys; first the one that is meant where none is named."""
    try:
        first = lab.engine(kind).id
    except EngineUnavailable:
        first = ""
    of_no_use = {TOY} if first else {TOY, ROUTES}
    there = [spec for spec in lab.engines(kind) if not spec.missing() and not of_no_use & spec.features]
    return sorted(there, key=lambda spec: (spec.id != first, not spec.local, spec.id))


def about(one: Hearer | None) -> str:
    """What to know before picking it, as HTML."""
    if one is None:
        return ""
    if not one.written:
        return settings.about(one.step.spec)
    return render("pipeline", pipeline=one.pipeline, elsewhere=not all(s.spec.local for s in one.pipeline.steps))


def plan(lab: Lab, key: str | None, wish: Wish) -> dict[str, Any]:
    """What the page's script needs to begin or to go on: the pipeline as data, or why there is none."""
    one = hearer(lab, key)
    if one is None:
        return _plan(problem="nothing is installed that recognises speech", hint="pip install speechlab-whisper")
    pause = round(wish.pause or one.pause or UNKNOWN_PAUSE)
    try:
        admit(lab, wish.values)
        data = _data(lab, one, wish)
        lab.pipeline(data).for_live().ready(lab.policy)
    except SpeechLabError as error:
        return _plan(name=one.name, pause=pause, problem=str(error), hint=error.hint)
    return _plan(data, name=one.name, pause=pause)


def _plan(
    pipeline: Mapping[str, Any] | None = None, *, name: str = "", pause: int = 500, problem: str = "", hint: str = ""
) -> dict[str, Any]:
    return {"pipeline": pipeline, "name": name, "pause": pause, "problem": problem, "hint": hint}


def _data(lab: Lab, one: Hearer, wish: Wish) -> dict[str, Any]:
    """The pipeline with what was wished for. Raises SpeechLabError."""
    stages = [{"use": step.spec.name, **_given(step)} for step in one.pipeline.steps]
    at = {id(step): stage for step, stage in zip(one.pipeline.steps, stages, strict=True)}
    if one.languages is not None and (wish.language or "") != one.language:
        at[id(one.step)]["language"] = wish.language or None
    at[id(one.step)] |= wish.values
    if one.pausing is not None and wish.pause is not None and wish.pause != one.pause:
        at[id(one.pausing)][PAUSE] = round(wish.pause)
    if wish.denoiser and not one.has(Kind.DENOISE):
        stages.insert(0, {"use": f"{Kind.DENOISE}/{wish.denoiser}", "recognise": "clean"})
    if wish.target and not one.has(*GIVES_TRANSLATION):
        translator = wish.translator or lab.engine(Kind.TRANSLATE).id
        early = {TENTATIVE: True} if wish.tentative else {}
        stages.append({"use": f"{Kind.TRANSLATE}/{translator}", "to": [wish.target], **early})
    return {"title": one.name, "stage": stages}


def _given(step: Step) -> dict[str, Any]:
    """What its file, or the host, says of a step, as JSON values."""
    parts = (step.params, step.options, step.lift_options)
    return {name: value for part in parts for name, value in part.model_dump(mode="json", exclude_unset=True).items()}


def _names(step: Step) -> Sequence[str]:
    return [knob.name for knob in step.knobs]


def _value(step: Step, name: str) -> Any:
    part = next(part for part in (step.params, step.options, step.lift_options) if name in type(part).model_fields)
    return getattr(part, name)


def _label(one: Hearer) -> str:
    if one.written:
        return f"Pipeline: {one.name}"
    return f"{one.name} (not installed)" if one.step.spec.missing() else one.name
