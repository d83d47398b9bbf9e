"""Heavy work of a live stage: asked for in passing, done when its turn comes, picked up at a later event."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..engines import Session
from ..errors import EngineFailed, EngineUnavailable, SpeechLabError
from ..pool import Loaded
from ..types import Audio

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Asked:
    """One piece of work on one engine, and what came of it."""

    loaded: Loaded
    work: Callable[[], Any]
    final: bool
    """Whether it must be done. What is not final may be replaced, until it has started, by what is asked after it."""
    about: Any = None
    """The stage's own note."""
    at: float = 0.0
    """Where the stream had come to when it was asked for, in seconds."""
    asked_at: float = 0.0
    """When it was asked for, by the scheduler's clock."""
    seconds: float = 0.0
    """How long it took."""
    needed: bool = False
    """Whether what it gave was taken for good, though it might have been replaced."""
    started: bool = False
    done: bool = False
    restarted: bool = False
    """Whether the engine failed at first, and was started again for it."""
    _result: Any = field(default=None, repr=False)
    _error: Exception | None = field(default=None, repr=False)

    def run(self) -> None:
        """Do it. An engine that fails is started again, and the work is done once more."""
        self.started = True
        try:
            self._result = self._tried()
        except Exception as error:
            self._error = error
        finally:
            self.done = True

    def result(self) -> Any:
        """What the work gave. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result

    def _tried(self) -> Any:
        engine = self.loaded.engine
        try:
            return self.work()
        except Exception as error:
            if isinstance(error, SpeechLabError) and not isinstance(error, EngineFailed):
                raise  # it refuses, and would refuse again
            log.warning("%s failed (%s) and is started again", self.loaded.spec.name, type(error).__name__)
            self._restart(engine, error)
        self.restarted = True
        return self.work()

    def _restart(self, engine: Any, error: Exception) -> None:
        try:
            self.loaded.restart(engine)
        except EngineUnavailable as again:
            raise EngineFailed(
                f"{self.loaded.spec.name} failed and could not be started again: {type(error).__name__}: {error}",
                hint=again.hint,
            ) from error


class Slot(Protocol):
    """One live stage's place in the queue for heavy work.

    Final work is done in the order in which it was asked, one at a time. Of the rest at most one waits.
    """

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        """Let this be done. It must not touch what the stage itself works with."""

    def answers(self) -> Iterator[Asked]:
        """Work that is done and was not yet picked up, in the order in which it was finished."""

    def rest(self) -> Iterator[Asked]:
        """All that is still to come; waits for it."""


class Scheduler(Protocol):
    """Who does the heavy work of one live session, and when."""

    hurried: bool
    """Whether somebody waits: what was found of an utterance by looking at it early is then taken for good."""

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        """A place for one stage; ``worked`` is told the seconds that each piece of work took."""

    def detector(self, loaded: Loaded, options: Any) -> Session[Audio, Any]:
        """A session of a speech detector; a server feeds those of many streams in one call."""


class AtOnce:
    """Does all work where it is asked for: for a stream that nobody else waits for."""

    hurried = False

    def slot(self, loaded: Loaded, worked: Callable[[float], None]) -> Slot:
        return _AtOnceSlot(loaded)  # the stage's own time holds that of its work

    def detector(self, loaded: Loaded, options: Any) -> Session[Audio, Any]:
        session: Session[Audio, Any] = loaded.engine.open(options)
        return session


class _AtOnceSlot:
    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._answers: deque[Asked] = deque()

    def ask(self, work: Callable[[], Any], *, final: bool, about: Any = None) -> Asked:
        asked = Asked(self._loaded, work, final, about)
        asked.run()
        self._answers.append(asked)
        return asked

    def answers(self) -> Iterator[Asked]:
        while self._answers:
            yield self._answers.popleft()

    rest = answers
