"""One job: what was asked, how far it is, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from ..errors import SpeechLabError
from ..lab import PipelineLike
from ..pipeline import Pipeline
from ..runner import Run
from ..source import Sound
from ..stages import Scope
from ..trace import Trace
from ..types import Event, Recording
from .pace import Pace
from .uploads import Upload


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    LOADING = "loading"
    """Its engines are being loaded, which may mean a download."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


def _nothing() -> None:
    """What there is to do where no place was needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants done."""

    name: str
    """What they call the recording."""
    sound: Sound
    pipeline: PipelineLike
    channel: int | Literal["each"] | None = None
    upload: Upload | None = None
    """The upload that the sound is, if it is one."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class Job:
    """Written by the queue alone; every face may read it at any time, from any thread."""

    owner: str
    """Whose it is; nobody else is shown it."""
    order: Order
    pipeline: Pipeline | None
    """What is run; None where the order is wrong."""
    number: int
    """Its turn: lower numbers came earlier."""
    pace: Pace
    hear: Callable[[Event], None]
    """Told each event, in the worker's thread."""
    release: Callable[[], None]
    """Called once the queue needs the sound no more."""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """Cannot be guessed."""
    state: State = State.WAITING
    stopping: bool = False
    """It was cancelled, and its engine is still busy with the current stretch."""
    removed: bool = False
    note: str = ""
    """What takes time just now, such as a download."""
    saying: str = ""
    """The newest text."""
    recording: Recording | None = None
    """The result once it is done; else what was known when it failed or was cancelled."""
    heard: Path | None = None
    """The sound for the ear as flac, where its pipeline makes any and the job is done; deleted with the job."""
    heard_start: float = 0.0
    """Where that file begins on the recording's timeline, in seconds."""
    place: Upload | None = None
    """Where that file is written."""
    let_go: Callable[[], None] = _nothing
    """Called once that place is needed no more."""
    error: SpeechLabError | None = None
    """Why it failed."""
    trace: Trace | None = None
    run: Run | None = None
    ended: float = 0.0
    over: Future[Job] = field(default_factory=Future)
    """Answered with the job itself when it is done, failed or cancelled; a retry makes a new one."""

    @property
    def lane(self) -> str:
        """The engine whose turn it awaits: the first that works through the recording piece by piece."""
        steps = (self.pipeline.of(Scope.PIECE) or self.pipeline.steps) if self.pipeline else ()
        return steps[0].spec.name if steps else ""
