"""Voice activity detection as a stage: the sound goes on, and with it the times of speech."""

from __future__ import annotations

from typing import Any

from ..engines import Session
from ..params import Params
from ..types import Audio
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import opened, through_session


def make(making: Making) -> Stage:
    """A stage that hears the stream through one session of the detector; live, the scheduler may feed many at once."""
    return through_session(making, open_session=detector)


def detector(making: Making) -> Session[Audio, Any]:
    """A session of the detector."""
    if making.scheduler is None:
        return opened(making)
    return making.scheduler.detector(making.loaded, making.options)


LIFT = Lift(make, Params, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SPEECH}))
