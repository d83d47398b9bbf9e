"""Denoising as a stage: the sound that goes on is the cleaned one, on the same timeline."""

from __future__ import annotations

from ..params import Params
from ..types import AudioChunk
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session


def make(making: Making) -> Stage:
    """A stage that replaces each chunk by what one session of the denoiser gives."""
    loaded = making.loaded
    return through_session(loaded, lambda: loaded.engine.open(making.options), AudioChunk, replaces_sound=True)


LIFT = Lift(make, Params, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.AUDIO}))
