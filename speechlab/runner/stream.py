"""Events through every stage of a pipeline as they come, uncut: live, or of what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

from ..closing import closes
from ..pipeline import Pipeline
from ..pool import Pool
from ..stages import Scheduler
from ..threads import own_thread
from ..trace import Trace
from ..types import AudioChunk, Event
from .staged import Events, guarded, leased, sourced


class Stream:
    """Events through every stage as they come, uncut. Iterate it; ``close()`` it at any time, even before."""

    def __init__(self, events: Events, source: Iterable[Any]) -> None:
        self._events, self._source = events, source

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def close(self) -> None:
        """End the stream: engines are given back, and the source is closed."""
        with suppress(ValueError), closes(self._source):  # ValueError: another thread is just waiting for its sound
            self._events.close()


def compose(
    pipeline: Pipeline,
    events: Iterable[Event],
    pool: Pool,
    *,
    scheduler: Scheduler | None = None,
    threads: bool = False,
    trace: Trace | None = None,
    source: Iterable[Any] = (),
    marks: bool = True,
) -> Stream:
    """Events through every stage, uncut. With a ``scheduler``, each stage answers as the sound arrives, and leaves its
    heavy work to that.

    ``threads`` runs what is before each stage in a thread of its own. ``source`` is closed with the stream, even if
    that never began. Without ``marks``, what is spoken is not watermarked: whoever asks marks what becomes of it.
    """
    trace = trace or Trace()

    def through() -> Events:
        trace.start()
        flow: Iterable[Event] = sourced(events)
        try:
            with ExitStack() as leases, closes(events):
                for step in pipeline.steps:
                    stage = leased(leases, pool, step, pipeline, trace, scheduler, marks=marks)
                    flow = guarded(step, stage, own_thread(flow) if threads else flow, trace)
                with closes(flow):
                    for event in flow:
                        if isinstance(event, AudioChunk):
                            trace.audio_seconds = max(trace.audio_seconds, event.audio.end)
                        yield event
        finally:
            trace.stop()

    return Stream(through(), source)
