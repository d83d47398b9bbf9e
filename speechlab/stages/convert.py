"""Voice conversion as a stage: the same words in another voice."""

from __future__ import annotations

from collections.abc import Iterator

from ..params import Params
from ..types import Audio, Event, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .whole import on_all_sound


class ConvertStage(Params):
    """The host's own options around every voice converter."""

    voice: str = ""
    """Voice to convert into."""


def make(making: Making) -> Stage:
    """A stage that converts a piece when the piece is over."""
    loaded, voice = making.loaded, making.lift.voice

    def work(audio: Audio, others: list[Event]) -> Iterator[Event]:
        with loaded.exclusive():
            converted = list(loaded.engine.convert(audio, voice, making.options))
        for part in converted:
            yield SynthesisChunk(audio=part, voice=voice)

    return on_all_sound(loaded.spec.sample_rate, work)


LIFT = Lift(make, ConvertStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.SYNTHESIS}))
