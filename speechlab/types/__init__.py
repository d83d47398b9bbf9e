"""The values at the bottom: numpy and the standard library only, frozen, comparable, writable as JSON."""

from .audio import Audio, Samples
from .diarization import Diarization, Turn
from .events import (
    AudioChunk,
    Event,
    HeardChunk,
    Progress,
    SegmentUpdate,
    SpeechEnded,
    SpeechStarted,
    SynthesisChunk,
    Tick,
    TurnUpdate,
)
from .likeness import Scale
from .recording import Fold, Recording
from .scores import SpeechScores
from .span import Span, union
from .transcript import Segment, Transcript, Word
from .voice import Consent, Voice

__all__ = [
    "Audio",
    "AudioChunk",
    "Consent",
    "Diarization",
    "Event",
    "Fold",
    "HeardChunk",
    "Progress",
    "Recording",
    "Samples",
    "Scale",
    "Segment",
    "SegmentUpdate",
    "Span",
    "SpeechEnded",
    "SpeechScores",
    "SpeechStarted",
    "SynthesisChunk",
    "Tick",
    "Transcript",
    "Turn",
    "TurnUpdate",
    "Voice",
    "Word",
    "union",
]
