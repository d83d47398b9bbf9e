"""Speech synthesis as a stage: settled segments of one track, spoken."""

from __future__ import annotations

from collections.abc import Iterator

from ..params import Params
from ..types import Event, Segment, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .settled import on_settled


class TtsStage(Params):
    """The host's own options around every synthesizer."""

    voice: str | None = None
    """Voice to speak with; empty for the engine's first."""
    track: str | None = None
    """Translation to speak, by its language; empty to speak the transcript."""


def make(making: Making) -> Stage:
    """A stage that speaks what is settled; what the guard suspects is left alone."""
    loaded, lift = making.loaded, making.lift

    def work(segments: list[Segment]) -> Iterator[Event]:
        for segment in segments:
            if segment.suspect or not segment.text.strip():
                continue
            with loaded.exclusive():
                pieces = iter(loaded.engine.synthesize(segment.text, lift.voice, making.options))
            while True:
                with loaded.exclusive():  # one piece at a time, so that the first can be heard while the next is made
                    audio = next(pieces, None)
                if audio is None:
                    break
                yield SynthesisChunk(audio=audio, segment_id=segment.id, voice=lift.voice or "")

    return on_settled(making, work, lift.track)


LIFT = Lift(make, TtsStage, Scope.PIECE, needs=frozenset({Flow.SEGMENTS}), gives=frozenset({Flow.SYNTHESIS}))
