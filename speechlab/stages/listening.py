"""A live session of a streaming engine, fed when the scheduler lets it, that outlives its engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..engines import Session
from ..types import Audio, AudioChunk, Event, HeardChunk
from .base import Making, Stage
from .hearing import Ear, Tell, opened
from .scheduling import Asked
from .tape import Tape

RESTARTED: Final = object()
"""Stands among the answers where the engine was started again: what the session told of before, and did not settle, it
will tell of anew."""
KEPT = 60.0
"""Seconds of sound at most that a session hears again when its engine was started again."""

Settled = Callable[[Any], float | None]
"""Until when, in seconds, an answer settles what was heard; None where it settles nothing."""


def through_listener(
    making: Making,
    tell: Tell,
    settled: Settled,
    open_session: Callable[[Making], Session[Audio, Any]] = opened,
    *,
    track: type[AudioChunk] | type[HeardChunk] = AudioChunk,
    replaces_sound: bool = False,
) -> Stage:
    """The live stage of an engine that hears a stream: chunks are passed on at once (unless replaced), and what they
    brought follows when it is known. ``track`` is which of the two tracks it hears."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        ear = Ear(making.loaded.spec.sample_rate)
        listener = Listener(making, settled, open_session)
        for event in events:
            if not isinstance(event, track):
                yield event
            else:
                if not replaces_sound:
                    yield event
                for part in ear.feed(event.audio):
                    listener.feed(part)
            for answer in listener.answers():
                yield from tell(answer)
        for part in ear.flush():
            listener.feed(part)
        for answer in listener.rest():
            yield from tell(answer)

    return stage


class Listener:
    """Collects sound until it is fed; where feeding fails, a new session hears again what the last had not settled."""

    def __init__(self, making: Making, settled: Settled, open_session: Callable[[Making], Session[Audio, Any]]) -> None:
        self._making, self._settles, self._open = making, settled, open_session
        self._slot = making.slot
        self._asked: Asked | None = None
        self._inbox: deque[Audio] = deque()
        # What follows belongs to the work, which is done one at a time.
        self._tape = Tape()
        self._settled = 0.0
        self._session: Session[Audio, Any] | None = None
        self._engine: Any = None
        self._fed = 0.0
        self._answers: list[Any] = []

    def feed(self, audio: Audio) -> None:
        """The next sound; it waits with what is waiting already."""
        self._inbox.append(audio)
        if self._asked is None or self._asked.started:
            self._asked = self._slot.ask(self._hear, final=True)

    def answers(self) -> Iterator[Any]:
        """What is known by now."""
        for asked in self._slot.answers():
            yield from asked.result()

    def rest(self) -> Iterator[Any]:
        """The stream is over: all that is still to come."""
        self._slot.ask(self._finish, final=True)
        for asked in self._slot.rest():
            yield from asked.result()

    def _hear(self) -> list[Any]:
        with self._making.loaded.exclusive():
            self._caught_up()
        answers, self._answers = self._answers, []
        return answers

    def _finish(self) -> list[Any]:
        with self._making.loaded.exclusive():
            self._caught_up()
            assert self._session is not None
            self._answers += self._session.flush()
        answers, self._answers = self._answers, []
        return answers

    def _caught_up(self) -> None:
        """Feed the session all that it has not heard."""
        while self._inbox:
            self._tape.append(self._inbox.popleft())
        engine = self._making.loaded.engine
        if self._session is None or self._engine is not engine:
            if self._session is not None:
                self._answers.append(RESTARTED)
            self._session, self._engine, self._fed = self._open(self._making), engine, self._settled
        while (sound := self._tape.cut(self._fed, self._tape.end)).frames:
            self._fed = sound.end
            for answer in self._session.feed(sound):
                self._answers.append(answer)
                until = self._settles(answer)
                self._settled = max(self._settled, until or 0.0)
        self._tape.forget(max(self._settled, self._tape.end - KEPT))
        self._settled = max(self._settled, self._tape.start)
