"""Speech-to-speech translation as a stage: one session hears the stream and speaks another language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..engines import Session
from ..params import Params
from ..types import Audio, Event, SegmentUpdate, SynthesisChunk
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import through_session
from .listening import RESTARTED, through_listener
from .telling import WITHDRAWN


class InterpretStage(Params):
    """The host's own options around every interpreter."""

    to: str = "en"
    """Language to speak, as a BCP-47 code."""


def make(making: Making) -> Stage:
    """A stage that passes the stream on, and with it what the interpreter says."""

    def marked(answer: Any) -> Any:
        spoken = isinstance(answer, SynthesisChunk)
        return replace(answer, audio=making.marked(answer.audio)) if spoken else answer

    if not making.live:
        return through_session(making, lambda answer: iter([marked(answer)]), interpreter)
    telling: dict[tuple[str, str | None], SegmentUpdate] = {}

    def tell(answer: Any) -> Iterator[Event]:
        if answer is RESTARTED:
            for update in telling.values():
                yield replace(update, segment=update.segment.noting(suspect=WITHDRAWN), final=True)
            telling.clear()
            return
        if isinstance(answer, SegmentUpdate):
            telling.pop((answer.segment.id, answer.target), None)
            if not answer.final:
                telling[answer.segment.id, answer.target] = answer
        yield marked(answer)

    return through_listener(making, tell, settled, interpreter)


def interpreter(making: Making) -> Session[Audio, Any]:
    """A session of the interpreter."""
    session: Session[Audio, Any] = making.loaded.engine.interpret(making.lift.to, making.options)
    return session


def settled(answer: Any) -> float | None:
    """Until when an answer settles what was heard."""
    return answer.segment.end if isinstance(answer, SegmentUpdate) and answer.final else None


LIFT = Lift(
    make,
    InterpretStage,
    Scope.STREAM,
    needs=frozenset({Flow.AUDIO}),
    gives=frozenset({Flow.TRANSLATIONS, Flow.SYNTHESIS}),
)
