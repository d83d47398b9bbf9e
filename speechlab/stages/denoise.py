"""Denoising as a stage: the sound that goes on is the cleaned one, on the same timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..params import Params
from ..types import AudioChunk, Event
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session
from .listening import RESTARTED, through_listener


def make(making: Making) -> Stage:
    """A stage that replaces each chunk by what one session of the denoiser gives."""
    if making.live:
        return through_listener(making, cleaned, lambda audio: audio.end, replaces_sound=True)
    return through_session(making, cleaned, replaces_sound=True)


def cleaned(answer: Any) -> Iterator[Event]:
    """Clean sound as an event."""
    if answer is not RESTARTED:  # a new session goes on where the clean sound ended
        yield AudioChunk(answer)


LIFT = Lift(make, Params, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.AUDIO}))
