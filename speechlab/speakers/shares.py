"""How much each speaker speaks."""

from __future__ import annotations

from dataclasses import dataclass

from ..types import Recording
from .names import speakers_of
from .rerun import times


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One speaker's part in a recording."""

    speaker: str
    seconds: float
    """How long they speak."""
    share: float
    """Their part of all speaking time, which two who speak at once both spend: the parts of all make 1."""
    turns: int
    """How often they take the word."""
    words: int
    similarity: float | None = None
    """How alike the voice is to the profile that names it, where one does."""


def shares(recording: Recording) -> tuple[Share, ...]:
    """Everybody who speaks, in the order of first speech, with their part."""
    spoken = times(recording)
    whole = sum(span.duration for spans in spoken.values() for span in spans)
    words: dict[str | None, int] = {}
    for segment in recording.transcript.spoken:
        for who in [word.speaker or segment.speaker for word in segment.words] or [segment.speaker] * len(
            segment.text.split()
        ):
            words[who] = words.get(who, 0) + 1
    alike: dict[str, float] = {}
    for turn in recording.diarization:
        if turn.similarity is not None:
            alike[turn.speaker] = max(turn.similarity, alike.get(turn.speaker, turn.similarity))
    told = []
    for who in speakers_of(recording):
        spans = spoken.get(who, ())
        seconds = sum(span.duration for span in spans)
        told.append(
            Share(
                speaker=who,
                seconds=seconds,
                share=seconds / whole if whole else 0.0,
                turns=len(spans),
                words=words.get(who, 0),
                similarity=alike.get(who),
            )
        )
    return tuple(told)
