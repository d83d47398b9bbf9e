"""Let a recording be heard live: in real time, or on a simulated clock as fast as the engines allow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..lab import Lab
from ..pipeline import Pipeline
from ..source import Sound, Source
from ..types import Audio, AudioChunk, Event
from ..types.codec import EVENTS, from_json
from .flow import Flow
from .inbox import RATE
from .session import LiveSession
from .simulated import Cost, SimulatedWorkers, none
from .workers import Crew

CHUNK = 0.1
"""Seconds of sound that are heard at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and when a person could see it."""

    at: float
    """Seconds since the stream began."""
    event: Event


def chunks(sound: Sound, seconds: float = CHUNK) -> Iterator[Audio]:
    """A recording as a microphone gives it. Raises AudioError."""
    for event in Source(sound).events(RATE):
        assert isinstance(event, AudioChunk)
        yield from event.audio.chunks(seconds)


def in_real_time(lab: Lab, pipeline: Pipeline, sound: Iterable[Audio]) -> Iterator[Told]:
    """Each chunk when it would have been heard, through a session of ``lab.live`` beside all others.

    Raises SpeechLabError.
    """
    session = lab.live.open(pipeline)
    began = time.monotonic()
    with _following(session, lambda: time.monotonic() - began) as told:
        for audio in sound:
            time.sleep(max(0.0, began + audio.end - time.monotonic()))
            session.feed(audio)
            yield from _taken(told)
        session.finish()
        session.over.result()
        yield from _taken(told)


def simulated(
    lab: Lab, pipeline: Pipeline, sound: Iterable[Audio], *, workers: int = 1, cost: Cost = none
) -> Iterator[Told]:
    """Each chunk as soon as the last has been heard; when what is told is for the simulated clock to say, on which
    ``workers`` do what is heavy. Raises SpeechLabError."""
    hands = SimulatedWorkers(workers, cost)
    checked = pipeline.for_live().ready(lab.policy)
    session = LiveSession(
        lambda pipeline, session: Flow(pipeline, lab.pool, Crew(hands, session.wake, session.notice)), lambda it: None
    )
    session.start(checked)
    with _following(session, hands.clock) as told:
        for audio in sound:
            while (due := hands.due()) is not None and due <= audio.end and not session.over.done():
                hands.advance(due)
                session.advance(None)
                yield from _taken(told)
            hands.advance(audio.end)
            session.feed(audio)
            session.advance(session.waiting())
            yield from _taken(told)
        session.finish()
        session.advance(None)
        session.over.result()
        yield from _taken(told)


@contextmanager
def _following(session: LiveSession, clock: Callable[[], float]) -> Iterator[list[Told]]:
    """What the session tells, with the time at which it does."""
    told: list[Told] = []

    def take() -> None:
        at = clock()
        told.extend(Told(at, from_json(message)) for message in reader.take() if message["event"] in EVENTS)

    reader = session.follow(take)
    take()
    try:
        yield told
    finally:
        reader.close()
        session.finish()


def _taken(told: list[Told]) -> list[Told]:
    """All of it; it is empty then, but for what is told meanwhile."""
    taken = told[:]
    del told[: len(taken)]
    return taken
