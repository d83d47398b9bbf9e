"""What a stage is, and what the host knows of each kind of stage before it runs one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..params import Params
from ..pool import Loaded
from ..types import Audio, Event
from .identifying import Identifier, nobody_knows
from .scheduling import Scheduler, Slot
from .spelling import Speller, as_written

Stage = Callable[[Iterable[Event]], Iterator[Event]]


class Flow(StrEnum):
    """What a stage may need from those before it, and give to those after it."""

    AUDIO = "sound"
    SPEECH = "speech times"
    SEGMENTS = "segments"
    TURNS = "speaker turns"
    TRANSLATIONS = "translations"
    SYNTHESIS = "spoken sound"


class Scope(StrEnum):
    """How much of a recording a stage must see at once in batch."""

    STREAM = "stream"
    """Chunk by chunk from start to end; it runs before the recording is cut into pieces."""
    PIECE = "piece"
    """One piece at a time."""
    WHOLE = "whole"
    """All of it; it runs after the last piece."""


def _unheard(seconds: float) -> None:
    """Where nobody asks how long work takes."""


def as_it_is(audio: Audio) -> Audio:
    """Where nothing is marked."""
    return audio


@dataclass(frozen=True, slots=True)
class Making:
    """All that a lift needs to make a stage of a loaded engine."""

    loaded: Loaded
    options: Any
    """The engine's own options, checked."""
    lift: Any
    """The host's options for this kind of stage, checked."""
    scheduler: Scheduler | None = None
    """Who does the heavy work when live; None in batch, where each stage does its own."""
    detected: bool = False
    """Whether a detector tells of speech before this stage; silence is then known, not merely untold."""
    heard: bool = False
    """Whether a stage before this one has parted the sound for the ear from what is recognised. A stage that changes
    sound works on :class:`~speechlab.types.HeardChunk` then, and passes each ``AudioChunk`` on as it is."""
    better: bool = False
    """Whether both of them are to be recognised, and the better text kept."""
    track: str | None = None
    """The translation that is meant, by its language; None for the transcript."""
    identify: Identifier = nobody_knows
    """Tells which language texts are in."""
    marked: Callable[[Audio], Audio] = as_it_is
    """What every sound that an engine made goes through before anybody hears it: the watermark."""
    spelled: Speller = as_written
    """Writes numbers and the like as words, for a synthesizer that cannot say digits."""
    worked: Callable[[float], None] = _unheard
    """Told the seconds that each piece of scheduled work took."""

    @property
    def live(self) -> bool:
        """Whether each stage must answer as the sound arrives."""
        return self.scheduler is not None

    @property
    def slot(self) -> Slot:
        """A place for the stage in the queue for heavy work."""
        assert self.scheduler is not None
        return self.scheduler.slot(self.loaded, self.worked)


@dataclass(frozen=True, slots=True)
class Lift:
    """How engines of one kind become stages."""

    make: Callable[[Making], Stage]
    options: type[Params]
    """The host's own parameters for such a stage, the same for every engine."""
    scope: Scope
    needs: frozenset[Flow]
    gives: frozenset[Flow]
    instead: frozenset[Flow] = frozenset()
    """Any of these serves as well as what it needs."""
