"""Voice activity detection as a stage: the sound goes on, and with it the times of speech."""

from __future__ import annotations

from ..params import Params
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session


def make(making: Making) -> Stage:
    """A stage that hears the stream through one session of the detector."""
    loaded = making.loaded
    return through_session(loaded, lambda: loaded.engine.open(making.options), lambda event: event)


LIFT = Lift(make, Params, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SPEECH}))
