"""What would not work in a pipeline, in words, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..engines import Kind
from ..errors import EngineUnavailable, PluginError, PolicyDenied, SpeechLabError
from ..languages import Languages
from ..library import conversion_consent
from ..policy import Policy
from ..preferred import ROUTES
from ..stages import Flow, Scope
from ..stages.convert import ConvertStage
from ..stages.interpret import InterpretStage
from ..stages.speech_translate import SpeechTranslateStage
from ..stages.translate import TranslateStage
from ..stages.tts import TtsStage
from ..translation import refused as no_way
from .steps import SPEECH_KINDS, Step, heard_after

if TYPE_CHECKING:
    from .order import Pipeline


def admitted(step: Step, policy: Policy) -> None:
    """Raises EngineUnavailable, PolicyDenied or ConfigError where the engine of a step may not work, or cannot."""
    policy.admit(step.spec)
    _consented(step)
    if missing := step.spec.missing():
        raise EngineUnavailable(f"{step.spec.name} needs {', '.join(missing)}", hint=step.spec.cure)
    _way_found(step)


def problems(pipeline: Pipeline, policy: Policy | None, given: Flow) -> list[str]:
    """What would not work where the first stage is given this, one sentence each; empty where all is well."""
    told = []
    there = {given}
    recognised_by = ""
    for number, step in enumerate(pipeline.steps, 1):
        name = f"stage {number} {step.spec.name}"
        earlier = pipeline.steps[: number - 1]
        if step.lift.scope is Scope.STREAM and any(one.lift.scope is not Scope.STREAM for one in earlier):
            told.append(f"{name} works on the sound itself, so it must stand before all that works on speech")
        if step.spec.kind is Kind.ASR:
            if recognised_by:
                told.append(f"{name} would write over what {recognised_by} wrote; leave one of them out")
            recognised_by = step.spec.name
        if refused := _track_refused(pipeline, step) or _translation_refused(pipeline, step, given):
            told.append(f"{name} {refused}")
        lacks = sorted(step.lift.needs - there)
        if lacks and not step.lift.instead & there:
            told.append(f"{name} needs {' and '.join(lacks)}, but no stage before it gives any")
        there |= step.lift.gives
        if missing := step.spec.missing():
            told.append(f"{name} needs {', '.join(missing)}: {step.spec.cure}")
        if refused := _language_refused(step):
            told.append(f"{name} {refused}")
        try:
            _way_found(step)
        except SpeechLabError as error:
            told.append(f"{name}: {error}")
        told += [f"{name} {refused}" for refused in _targets_refused(step)]
        if policy is not None and policy.local_only and not step.spec.local:
            told.append(f"{name} sends sound or text to another machine, and this lab is local only")
        if policy is not None:
            try:
                _consented(step)
            except PolicyDenied as error:
                told.append(f"{name}: {error}: {error.hint}")
    return told


def _track_refused(pipeline: Pipeline, step: Step) -> str:
    """What cannot be meant by which of the two tracks the step is to work on."""
    parted, recognise = pipeline.parted_before(step), heard_after(step)
    if parted is not None and recognise in ("clean", "better"):
        return (
            f"hears only what {parted.spec.name} made for the ear, which is not recognised; "
            f"put recognise = {recognise!r} there, and not here"
        )
    after = pipeline.steps[len(pipeline.before(step)) :]
    if recognise == "better" and not any(one.spec.kind in SPEECH_KINDS for one in after):
        return "is to keep the better of two texts, but no recogniser comes after it"
    if step.spec.kind is Kind.CONVERT and parted is not None:
        return (
            f"would convert the sound as it was, since {parted.spec.name} cleans it for the ear alone; "
            "put recognise = 'clean' there"
        )
    return ""


def _translation_refused(pipeline: Pipeline, step: Step, given: Flow) -> str:
    """What cannot be meant by the translation that is to be spoken."""
    if not isinstance(step.lift_options, TtsStage):
        return ""
    made, track = pipeline.translations_before(step), step.lift_options.track
    if track is None and len(made) > 1:
        return f"speaks one language, and there are {', '.join(made)}: say track = {made[0]!r}, or another of them"
    if track is not None and track not in made and given is Flow.AUDIO:
        there = f"there is only {', '.join(made)}" if made else "nothing is translated before it"
        return f"is to speak the translation {track!r}, but {there}"
    track = pipeline.track_of(step)
    if track and step.spec.languages and track not in (known := Languages(step.spec.languages)):
        return f"does not speak {track!r}; {known.nearest(track)}"
    return ""


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
        if ways and (why := no_way(ways, source, target)):
            yield why
