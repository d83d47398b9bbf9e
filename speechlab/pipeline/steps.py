"""One stage of a pipeline: which engine, and every parameter with its checked value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..engines import Context, EngineSpec, Kind
from ..library import state_of, with_own_options
from ..params import Knob, Params, check, knobs, unknown_key
from ..plugins import Plugins
from ..preferred import WORDS_ONLY, identifying, normalising
from ..stages import LIFTS, Lift
from ..stages.denoise import DenoiseStage
from ..stages.translate import TranslateStage
from ..stages.tts import TtsStage

SPEECH_KINDS = frozenset({Kind.ASR, Kind.SPEECH_TRANSLATE})


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a pipeline: an engine's card, and all its parameters, checked."""

    spec: EngineSpec
    params: Params
    options: Params
    lift_options: Params
    version: str = ""
    beside: Step | None = None
    """Who is asked which language a text is in, where a translator is not told."""
    spelled_by: tuple[Step, ...] = ()
    """Who writes numbers and the like as words for a synthesizer that says words only, each in its languages."""
    context: Context | None = field(default=None, compare=False)
    """What the lab lends the engine, by which its card knows what is here."""

    @property
    def lift(self) -> Lift:
        """How the host runs this kind of engine."""
        return LIFTS[self.spec.kind]

    def for_live(self) -> Step:
        """The step with what its card says of live use, wherever nobody said otherwise. Raises ConfigError."""
        parts = (self.params, self.options, self.lift_options)
        given = {name for part in parts for name in part.model_fields_set}
        values = {name: value for name, value in self.spec.live.items() if name not in given}
        return self.having(values, f"live, on the card of {self.spec.name}") if values else self

    @property
    def parts(self) -> bool:
        """Whether there are two tracks after it: sound that is recognised, and sound for the ear."""
        return isinstance(self.lift_options, DenoiseStage) and self.lift_options.parts

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """Every parameter: the engine's own, and the host's around it."""
        return knobs(type(self.params), type(self.options), type(self.lift_options))

    def having(self, values: Mapping[str, Any], where: str = "") -> Step:
        """The step with these values, and all else as it was given. Raises ConfigError."""
        parts = (self.params, self.options, self.lift_options)
        where = where or self.spec.name
        for name in values:
            if not any(name in type(part).model_fields for part in parts):
                raise unknown_key(name, [name for part in parts for name in type(part).model_fields], where)
        params, options, lift = (
            check(
                type(part),
                {
                    **part.model_dump(exclude_unset=True),
                    **{name: value for name, value in values.items() if name in type(part).model_fields},
                },
                where,
            )
            for part in parts
        )
        return replace(self, params=params, options=options, lift_options=lift)

    @property
    def key(self) -> dict[str, Any]:
        """All that its results depend on, as JSON values."""
        values = {
            name: part.model_dump(mode="json")
            for name, part in (("params", self.params), ("options", self.options), ("lift", self.lift_options))
        }
        told: dict[str, Any] = {"use": self.spec.name, "version": self.version, **values}
        if voices := state_of(self.context, self.lift_options):
            told["library"] = voices
        if self.spelled_by:
            told["spelled_by"] = [step.key for step in self.spelled_by]
        return told | {"beside": self.beside.key} if self.beside else told


def step(plugins: Plugins, kind: Kind, id: str, values: Mapping[str, Any], *, where: str = "") -> Step:
    """One step from the flat list of parameters that users see. Raises EngineNotFound or ConfigError."""
    spec = plugins.engine(kind, id)
    models = (spec.params, spec.options, LIFTS[kind].options)
    where = where or spec.name
    for key in values:
        if not any(key in model.model_fields for model in models):
            raise unknown_key(key, [name for model in models for name in model.model_fields], where)
    values = with_own_options(plugins.context, spec, values)
    params, options, lift = (
        check(model, {k: v for k, v in values.items() if k in model.model_fields}, where) for model in models
    )
    beside = _identifier(plugins) if isinstance(lift, TranslateStage) else None
    spelled_by = _normalisers(plugins) if isinstance(lift, TtsStage) and WORDS_ONLY in spec.features else ()
    return Step(spec, params, options, lift, plugins.version(spec), beside, spelled_by, plugins.context)


def _identifier(plugins: Plugins) -> Step | None:
    spec = identifying(plugins)
    return step(plugins, spec.kind, spec.id, {}) if spec else None


def _normalisers(plugins: Plugins) -> tuple[Step, ...]:
    return tuple(step(plugins, spec.kind, spec.id, {}) for spec in normalising(plugins))


def heard_after(step: Step | None) -> str:
    """Which sound is recognised after a denoiser; empty where it is none."""
    options = step.lift_options if step is not None else None
    return options.recognise if isinstance(options, DenoiseStage) else ""


def hearing(step: Step, recognise: str) -> Step:
    """A denoiser after which this sound is recognised; any other step as it is."""
    return step.having({"recognise": recognise}) if heard_after(step) else step
