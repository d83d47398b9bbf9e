"""A step of a pipeline as a stage: its engine is held, what it does is timed, and it is named in what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack

from ..closing import closes
from ..errors import AudioError, SpeechLabError
from ..library import in_own_words
from ..pipeline import Pipeline, Step
from ..pool import Pool
from ..provenance import watermark
from ..stages import Flow, Making, Scheduler, Stage
from ..stages.base import as_it_is
from ..stages.identifying import Identifier, identifier, nobody_knows
from ..stages.scheduling import failed
from ..stages.spelling import speller
from ..trace import Trace
from ..types import Audio, Event

Events = Generator[Event, None, None]


def leased(
    leases: ExitStack,
    pool: Pool,
    step: Step,
    pipeline: Pipeline,
    trace: Trace,
    scheduler: Scheduler | None = None,
    *,
    marks: bool = True,
) -> Stage:
    """The step's engine, held until the run ends, as a stage."""
    before = trace.clock()
    loaded = leases.enter_context(pool.lease(step.spec, step.params))
    entry = trace.stage(step.spec.name)
    entry.load += trace.clock() - before
    making = Making(
        loaded,
        step.options,
        in_own_words(loaded, step.lift_options),
        scheduler,
        detected=pipeline.detected_before(step),
        heard=pipeline.parted_before(step) is not None,
        better=pipeline.better_before(step),
        track=pipeline.track_of(step),
        identify=_identifier(pool, step.beside),
        marked=marker(pool, step) if marks else as_it_is,
        spelled=speller(pool, [(one.spec, one.params, one.options) for one in step.spelled_by]),
        worked=entry.worked,
    )
    return step.lift.make(making)


def guarded(step: Step, stage: Stage, events: Iterable[Event], trace: Trace) -> Events:
    """The stage over the events, timed, and named in whatever goes wrong inside it."""
    output = trace.timed(step.spec.name, stage, events)
    with closes(output):
        try:
            yield from output
        except (SpeechLabError, KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # a library may call sys.exit, or panic past Exception as those in Rust do
            raise failed(step.spec, error) from error


def sourced(events: Iterable[Event]) -> Events:
    """The same events; whatever their source raises is told as an error of the sound, not of the first engine."""
    with closes(events):
        try:
            yield from events
        except SpeechLabError:
            raise
        except Exception as error:
            raise AudioError(
                f"the sound broke off: {type(error).__name__}: {error}", hint="check where it comes from, and try again"
            ) from error


def marker(pool: Pool, step: Step) -> Callable[[Audio], Audio]:
    """What all sound that the step's engine makes goes through. Raises EngineUnavailable."""
    if Flow.SYNTHESIS not in step.lift.gives or not pool.policy.watermark:
        return as_it_is
    return watermark(pool.context).marked


def _identifier(pool: Pool, beside: Step | None) -> Identifier:
    return identifier(pool, beside.spec, beside.params, beside.options) if beside else nobody_knows
