"""A pipeline: a file of stages in, checked steps out, and in words what would not work."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel

from .engines import Context, EngineSpec, Kind
from .errors import ConfigError, EngineUnavailable, PluginError, PolicyDenied, SpeechLabError
from .languages import Languages
from .library import conversion_consent, speaker_of, state_of, with_own_options
from .params import Knob, Params, check, knobs, nearest, unknown_key
from .plugins import Plugins
from .policy import Policy
from .preferred import ROUTES, WORDS_ONLY, identifying, normalising, preferred
from .stages import LIFTS, Flow, Lift, Scope
from .stages.convert import ConvertStage
from .stages.denoise import DenoiseStage
from .stages.interpret import InterpretStage
from .stages.speech_translate import SpeechTranslateStage
from .stages.translate import TranslateStage
from .stages.tts import TtsStage
from .translation import refused

Channels = Literal["mix", "each", "auto"]
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


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps in order, under a title."""

    steps: tuple[Step, ...]
    title: str = ""
    description: str = ""
    channels: Channels = "mix"
    """What to do with several channels, where nobody says otherwise: mix them; hear each as a speaker of its own; or
    hear each where two people speak on two channels, as on a telephone line (auto)."""

    @property
    def sample_rate(self) -> int:
        """The rate in Hz that serves every step: the highest that one asks for."""
        heard = [step.spec.sample_rate for step in self.steps if Flow.AUDIO in step.lift.needs]
        return max(heard, default=16_000)

    def rate_for(self, own: int) -> int:
        """The rate in Hz at which a recording with a rate of its ``own`` is read.

        No higher than that for a denoiser's sake: what is recognised would go through the denoiser's rate and back, and
        would not be the sound as it was.
        """
        recognising = [
            step.spec.sample_rate
            for step in self.steps
            if Flow.AUDIO in step.lift.needs and Flow.AUDIO not in step.lift.gives
        ]
        return min(self.sample_rate, max([own, *recognising]))

    def for_live(self) -> Pipeline:
        """The same steps, each with what its card says of live use, and the raw sound recognised where the better of
        two texts was asked for: nothing is recognised twice while it is said. Raises ConfigError."""
        steps = (step.for_live() for step in self.steps)
        return replace(
            self, steps=tuple(_recognising(step, "raw") if _recognise(step) == "better" else step for step in steps)
        )

    def for_listening(self) -> Pipeline:
        """The steps where the sound itself is wanted: what a denoiser makes of it is worked on by all after it."""
        return replace(self, steps=tuple(_recognising(step, "clean") for step in self.steps))

    def for_recognition(self) -> Pipeline:
        """The steps where nobody will listen: without those that work for the ear alone. Itself where nothing else
        would be left."""
        steps = tuple(step for step in self.steps if not self.for_ear(step))
        return replace(self, steps=steps) if steps else self

    def by_channel(self) -> Pipeline:
        """The steps for a recording whose channels are its speakers: what is recognised is theirs, and nobody need tell
        them apart."""
        if not any(step.spec.kind in SPEECH_KINDS for step in self.steps):
            return self
        return replace(self, steps=tuple(step for step in self.steps if step.spec.kind is not Kind.DIARIZE))

    def of(self, *scopes: Scope) -> tuple[Step, ...]:
        """The steps of these scopes."""
        return tuple(step for step in self.steps if step.lift.scope in scopes)

    def parted_before(self, step: Step) -> Step | None:
        """The step before this one after which there are two tracks: what is recognised, and what is for the ear."""
        return next((other for other in self._before(step) if other.parts), None)

    def better_before(self, step: Step) -> bool:
        """Whether both tracks are to be recognised by this step, and the better text kept."""
        return _recognise(self.parted_before(step)) == "better"

    def for_ear(self, step: Step) -> bool:
        """Whether nothing that the step makes is recognised: it works for the ear alone."""
        if Flow.AUDIO not in step.lift.gives or _recognise(step) == "better":
            return False
        parted = self.parted_before(step)
        return step.parts if parted is None else _recognise(parted) != "better"

    @property
    def cleans(self) -> bool:
        """Whether the sound that is recognised is a cleaned one, which is then all the sound that its events tell."""
        return any(_recognise(step) == "clean" for step in self.steps) and not any(step.parts for step in self.steps)

    def detected_before(self, step: Step) -> bool:
        """Whether a detector tells of speech before this step."""
        return any(other.spec.kind == Kind.VAD for other in self._before(step))

    def check(self, policy: Policy | None = None, given: Flow = Flow.AUDIO) -> list[str]:
        """What would not work where the first stage is given this, one sentence each; empty where all is well."""
        problems = []
        there = {given}
        recognised_by = ""
        for number, step in enumerate(self.steps, 1):
            name = f"stage {number} {step.spec.name}"
            earlier = self.steps[: number - 1]
            if step.lift.scope is Scope.STREAM and any(one.lift.scope is not Scope.STREAM for one in earlier):
                problems.append(f"{name} works on the sound itself, so it must stand before all that works on speech")
            if step.spec.kind is Kind.ASR:
                if recognised_by:
                    problems.append(f"{name} would write over what {recognised_by} wrote; leave one of them out")
                recognised_by = step.spec.name
            if refused := self._refused_track(step) or self._refused_translation(step, given):
                problems.append(f"{name} {refused}")
            lacks = sorted(step.lift.needs - there)
            if lacks and not step.lift.instead & there:
                problems.append(f"{name} needs {' and '.join(lacks)}, but no stage before it gives any")
            there |= step.lift.gives
            if missing := step.spec.missing():
                problems.append(f"{name} needs {', '.join(missing)}: {step.spec.cure}")
            if refused := _language_refused(step):
                problems.append(f"{name} {refused}")
            try:
                _way_found(step)
            except SpeechLabError as error:
                problems.append(f"{name}: {error}")
            problems += [f"{name} {refused}" for refused in _targets_refused(step)]
            if policy is not None and policy.local_only and not step.spec.local:
                problems.append(f"{name} sends sound or text to another machine, and this lab is local only")
            if policy is not None:
                try:
                    _consented(step)
                except PolicyDenied as error:
                    problems.append(f"{name}: {error}: {error.hint}")
        return problems

    def _refused_track(self, step: Step) -> str:
        """What cannot be meant by which of the two tracks the step is to work on."""
        parted, recognise = self.parted_before(step), _recognise(step)
        if parted is not None and recognise in ("clean", "better"):
            return (
                f"hears only what {parted.spec.name} made for the ear, which is not recognised; "
                f"put recognise = {recognise!r} there, and not here"
            )
        after = self.steps[len(self._before(step)) :]
        if recognise == "better" and not any(one.spec.kind in SPEECH_KINDS for one in after):
            return "is to keep the better of two texts, but no recogniser comes after it"
        if step.spec.kind is Kind.CONVERT and parted is not None:
            return (
                f"would convert the sound as it was, since {parted.spec.name} cleans it for the ear alone; "
                "put recognise = 'clean' there"
            )
        return ""

    def track_of(self, step: Step) -> str | None:
        """Which translation is spoken: the one that was told, else the only one that there is."""
        if isinstance(step.lift_options, InterpretStage):
            return step.lift_options.to
        if not isinstance(step.lift_options, TtsStage):
            return None
        made = self._translations_before(step)
        return step.lift_options.track or (made[0] if len(made) == 1 else None)

    def _translations_before(self, step: Step) -> tuple[str, ...]:
        """The languages that there are translations into by then."""
        lifts = (one.lift_options for one in self._before(step))
        told = (lift.to for lift in lifts if isinstance(lift, TranslateStage | SpeechTranslateStage | InterpretStage))
        return tuple(dict.fromkeys(to for some in told for to in ([some] if isinstance(some, str) else some)))

    def _refused_translation(self, step: Step, given: Flow) -> str:
        """What cannot be meant by the translation that is to be spoken."""
        if not isinstance(step.lift_options, TtsStage):
            return ""
        made, track = self._translations_before(step), step.lift_options.track
        if track is None and len(made) > 1:
            return f"speaks one language, and there are {', '.join(made)}: say track = {made[0]!r}, or another of them"
        if track is not None and track not in made and given is Flow.AUDIO:
            there = f"there is only {', '.join(made)}" if made else "nothing is translated before it"
            return f"is to speak the translation {track!r}, but {there}"
        track = self.track_of(step)
        if track and step.spec.languages and track not in (known := Languages(step.spec.languages)):
            return f"does not speak {track!r}; {known.nearest(track)}"
        return ""

    def _before(self, step: Step) -> tuple[Step, ...]:
        """The steps before this very one: another may be equal to it."""
        return tuple(takewhile(lambda other: other is not step, self.steps))

    def ready(self, policy: Policy, given: Flow = Flow.AUDIO) -> Pipeline:
        """Itself, if it can run on what it is given.

        Raises ConfigError, EngineUnavailable or PolicyDenied with the first reason.
        """
        for step in self.steps:
            policy.admit(step.spec)
            _consented(step)
            if missing := step.spec.missing():
                raise EngineUnavailable(f"{step.spec.name} needs {', '.join(missing)}", hint=step.spec.cure)
            _way_found(step)
        if problems := self.check(policy, given):
            raise ConfigError(problems[0], hint="`speechlab pipelines check` tells all that is wrong")
        return self


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


def build(data: Mapping[str, Any], plugins: Plugins, *, where: str = "the pipeline") -> Pipeline:
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
    steps = [_step(table, plugins, f"{where}, stage {number}") for number, table in enumerate(tables, 1)]
    title, description = str(data.get("title", "")), str(data.get("description", ""))
    return Pipeline(_with_detector(steps, plugins), title, description, channels)


def _step(table: Mapping[str, Any], plugins: Plugins, where: str) -> Step:
    use = table.get("use")
    kind, _, id = use.partition("/") if isinstance(use, str) else ("", "", "")
    if not kind or (not id and kind not in list(Kind)):
        raise ConfigError(f'{where} does not say which engine to use: it needs use = "kind/engine"', hint=_kinds(use))
    if kind not in list(Kind):
        raise ConfigError(f"{where}: there is no kind of engine {kind!r}", hint=nearest(kind, list(Kind), "there are"))
    values = {k: v for k, v in table.items() if k != "use"}
    if not id and kind == Kind.TTS and (speaker := speaker_of(plugins.context, values)):
        kind, _, id = speaker.partition("/")
    id = id or preferred(plugins, Kind(kind)).id
    return step(plugins, Kind(kind), id, values, where=f"{where} ({use})")


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


def _with_detector(steps: Iterable[Step], plugins: Plugins) -> tuple[Step, ...]:
    """The steps, with speech detection before the first recognizer where the file names none."""
    steps = list(steps)
    first = next((i for i, one in enumerate(steps) if one.spec.kind in SPEECH_KINDS), None)
    if first is None or any(one.spec.kind == Kind.VAD for one in steps[:first]):
        return tuple(steps)
    with suppress(EngineUnavailable):
        steps.insert(first, step(plugins, Kind.VAD, preferred(plugins, Kind.VAD).id, {}))
    return tuple(steps)


def _recognise(step: Step | None) -> str:
    """Which sound is recognised after a denoiser; empty where it is none."""
    options = step.lift_options if step is not None else None
    return options.recognise if isinstance(options, DenoiseStage) else ""


def _recognising(step: Step, recognise: str) -> Step:
    return step.having({"recognise": recognise}) if _recognise(step) else step


def _language_refused(step: Step) -> str:
    spoken = getattr(step.options, "language", None)
    if not spoken or not step.spec.languages:
        return ""
    known = Languages(step.spec.languages)
    return "" if spoken in known else f"does not know the language {spoken!r}; {known.nearest(spoken)}"


def _consented(step: Step) -> None:
    """Raises PolicyDenied where speech is to be turned into somebody's voice, and nobody said that it may."""
    if isinstance(lift := step.lift_options, ConvertStage):
        conversion_consent(step.context, lift.voice, lift.consent)


def _way_found(step: Step) -> None:
    """Raises what a translator that goes by way of others says where there is no way; it loads nothing to tell."""
    lift = step.lift_options
    if ROUTES in step.spec.features and step.context and isinstance(lift, TranslateStage) and lift.source:
        router = step.spec.create(step.params, step.context)
        for target in lift.to:
            router.route(lift.source, target)


def _targets_refused(step: Step) -> Iterator[str]:
    """Why the step cannot translate into what it is to, as far as its card tells."""
    lift, context = step.lift_options, step.context
    if not isinstance(lift, TranslateStage | SpeechTranslateStage | InterpretStage) or context is None:
        return
    if not isinstance(lift, TranslateStage) and not step.spec.ways:
        return  # the languages on its card are those that it hears
    source = lift.source if isinstance(lift, TranslateStage) else None
    if step.spec.missing() or (source and ROUTES in step.spec.features):
        return
    try:
        ways = step.spec.leads(step.params, context)
    except PluginError as error:
        yield str(error).removeprefix(f"{step.spec.name} ")
        return
    except SpeechLabError:  # it will say so itself when it is loaded
        return
    for target in [lift.to] if isinstance(lift.to, str) else lift.to:
        if ways and (why := refused(ways, source, target)):
            yield why


def _kinds(use: object) -> str:
    return nearest(str(use or ""), list(Kind), "the kinds are")
