"""Speech to text in another language: heard as in recognition, told as a translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..types import Audio, Segment
from .asr import AsrStage, by_piece
from .base import Flow, Lift, Making, Scope, Stage
from .redecoding import by_utterance


class SpeechTranslateStage(AsrStage):
    """The host's own options around every speech translator."""

    to: str = "en"
    """Language to translate the speech into, as a BCP-47 code."""


def make(making: Making) -> Stage:
    """Piece by piece in batch, utterance by utterance when live."""
    loaded, target = making.loaded, making.lift.to

    def hear(stretches: list[Audio], options: Any) -> Iterator[tuple[Audio, list[Segment]]]:
        for stretch in stretches:
            with loaded.exclusive():
                segments = list(loaded.engine.translate_speech(stretch, target, options))
            yield stretch, [replace(segment, language=target) for segment in segments]

    return (by_utterance if making.live else by_piece)(making, hear, target)


LIFT = Lift(
    make, SpeechTranslateStage, Scope.PIECE, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.TRANSLATIONS})
)
