"""What flows between stages. Pure values: who sent them, and when, is the trace's business."""

from __future__ import annotations

from dataclasses import dataclass

from .audio import Audio
from .diarization import Turn
from .transcript import Segment, Word


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """The next stretch of sound: what is recognised."""

    audio: Audio


@dataclass(frozen=True, slots=True)
class HeardChunk:
    """The next stretch of sound for the ear, where that is another one than what is recognised: cleaned, say. It lies
    on the same timeline. Stages that do not work on it pass it on as it is."""

    audio: Audio


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak ``at`` this time; told after the chunk that held it."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Nobody speaks since ``at``; told once the silence was long enough."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentUpdate:
    """The newest wording of one segment. Same id and target: it replaces. ``final``: it is settled."""

    segment: Segment
    final: bool = True
    target: str | None = None
    """None for the transcript; else the BCP-47 language translated into."""
    committed: int = 0
    """While not final: how many characters of the text, from its start, will not change any more, but for case and
    punctuation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUpdate:
    """The newest knowledge of one turn. Same id: it replaces. An empty turn withdraws the one that was told."""

    turn: Turn
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisChunk:
    """Sound made from text, with the segment and the voice that it speaks for."""

    audio: Audio
    segment_id: str = ""
    voice: str = ""
    words: tuple[Word, ...] = ()
    """Words that are said, where the engine tells when: their times count from where the sound of the segment began,
    whichever of its pieces they come with."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of ``total`` seconds of the recording are done; the total is None while unknown."""

    stage: str
    done: float
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed, in seconds on the stream's timeline, though nothing was said: a chance to hand over results."""

    at: float


Event = (
    AudioChunk
    | HeardChunk
    | SpeechStarted
    | SpeechEnded
    | SegmentUpdate
    | TurnUpdate
    | SynthesisChunk
    | Progress
    | Tick
)
