"""Speech-to-speech translation as a stage: one session hears the stream and speaks another language."""

from __future__ import annotations

from ..params import Params
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session


class InterpretStage(Params):
    """The host's own options around every interpreter."""

    to: str = "en"
    """Language to speak, as a BCP-47 code."""


def make(making: Making) -> Stage:
    """A stage that passes the stream on, and with it what the interpreter says."""
    loaded, target = making.loaded, making.lift.to
    return through_session(loaded, lambda: loaded.engine.open(target, making.options), lambda event: event)


LIFT = Lift(
    make,
    InterpretStage,
    Scope.STREAM,
    needs=frozenset({Flow.AUDIO}),
    gives=frozenset({Flow.TRANSLATIONS, Flow.SYNTHESIS}),
)
