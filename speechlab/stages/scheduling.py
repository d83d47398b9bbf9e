"""Heavy work of a live stage: asked for in passing, done when its turn comes, picked up at a later event."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..engines import EngineSpec, Session
from ..errors import EngineFailed, EngineUnavailable, SpeechLabError
from ..pool import Loaded
from ..types import Audio

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Cost:
    """What a piece of work cost; kept for a while after the work, and the sound in it, are gone."""

    needed: bool
    """Whether it had to be done, or what it gave was taken for good though it might have been replaced."""
    seconds: float = 0.0
    """How long it took."""


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
    started: bool = False
    done: bool = False
    restarted: bool = False
    """Whether the engine failed at first, was started again for it, and then did it."""
    cost: Cost = field(init=False)
    _result: Any = field(default=None, repr=False)
    _error: Exception | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.cost = Cost(self.final)

    def run(self) -> None:
        """Do it. An engine that fails is started again, and the work is done once more."""
        self.started = True
        try:
            self._result = self._tried()
        except SpeechLabError as error:
            self._error = error
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # a library may call sys.exit, or panic past Exception as those in Rust do
            self._error = failed(self.loaded.spec, error)
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
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            restart(self.loaded, engine, error)
        result = self.work()
        self.restarted = True
        return result


def restart(loaded: Loaded, engine: Any, error: BaseException) -> None:
    """The engine failed by this error: start it again. Raises SpeechLabError where that would not help."""
    if isinstance(error, SpeechLabError) and not isinstance(error, EngineFailed):
        raise error  # it refuses, and would refuse again
    log.warning("%s failed (%s) and is started again", loaded.spec.name, type(error).__name__)
    try:
        loaded.restart(engine)
    except EngineUnavailable as again:
        raise EngineFailed(
            f"{loaded.spec.name} failed and could not be started again: {type(error).__name__}: {error}",
            hint=again.hint,
        ) from error


def failed(spec: EngineSpec, error: BaseException) -> EngineFailed:
    """What an engine raised, as the error that tells of it."""
    told = EngineFailed(
        f"{spec.name} failed: {type(error).__name__}: {error}",
        hint="try again, or choose another engine or a smaller model",
    )
    told.__cause__ = error
    return told


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
