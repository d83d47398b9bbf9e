"""A pipeline that also looks for personal data, as whoever wants a redacted result must let it."""

from __future__ import annotations

from dataclasses import replace

from .engines import Kind
from .errors import EngineUnavailable
from .pipeline import Pipeline, Step, step
from .plugins import Plugins
from .stages import Flow

FINDS = "entities"
"""The feature of a text engine that finds what can be redacted."""


def finding(pipeline: Pipeline, plugins: Plugins) -> Pipeline:
    """The pipeline; where no step finds personal data in what the others wrote, with one that does. Raises
    EngineUnavailable where none is installed."""
    if any(one.spec.kind is Kind.TEXT and FINDS in one.spec.features for one in pipeline.steps):
        return pipeline
    found = finder(plugins)
    behind = max((number for number, one in enumerate(pipeline.steps, 1) if _writes(one)), default=0)
    return replace(pipeline, steps=(*pipeline.steps[:behind], found, *pipeline.steps[behind:]))


def finder(plugins: Plugins) -> Step:
    """The step of the engine that is installed for it. Raises EngineUnavailable where none is."""
    finders = [spec for spec in plugins.engines.values() if spec.kind is Kind.TEXT and FINDS in spec.features]
    here = [spec for spec in finders if spec.local and not spec.missing()]
    if not here:
        raise EngineUnavailable(
            "no engine that finds personal data is installed, so nothing can be redacted",
            hint=finders[0].cure if finders else "pip install speechlab-presidio",
        )
    return step(plugins, Kind.TEXT, here[0].id, {})


def _writes(one: Step) -> bool:
    return Flow.SEGMENTS in one.lift.gives
