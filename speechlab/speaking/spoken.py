"""Sentences that were said, and what becomes of several: sound that goes on, and a recording with their times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..closing import closes
from ..media import fit
from ..types import Audio, Recording, Segment, Transcript, Word


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence, said."""

    index: int
    """Which sentence of the text it is, from 0."""
    text: str
    """As it is written."""
    audio: Audio
    """Without silence around it; empty where the synthesizer had nothing to say."""
    start: float
    """Where it begins, in seconds, when those that were told are heard one after the other."""
    pause: float = 0.0
    """Seconds of silence before it."""
    voice: str = ""
    """Who says it, where that is known."""
    language: str | None = None
    words: tuple[Word, ...] = ()
    """Which word of the text is said when, on the timeline of ``start``; none where the engine does not tell."""

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.start + self.audio.duration

    def as_json(self) -> dict[str, Any]:
        """What is said when, in seconds, as JSON values; words only where the engine tells their times."""
        words = [{"word": word.text, **_times(word)} for word in self.words]
        told = {"index": self.index, "text": self.text, **_times(self), "voice": self.voice}
        return {**told, "words": words} if words else told

    def moved(self, seconds: float) -> Spoken:
        """The same sentence, words and all, later by so many seconds."""
        start = self.start + seconds
        words = tuple(replace(word, start=word.start + seconds, end=word.end + seconds) for word in self.words)
        return replace(self, start=start, audio=replace(self.audio, start=start), words=words)

    def hushed(self) -> Spoken:
        """The same without its sound, for who keeps account of a long text: in its place is silence of the same length,
        which takes no memory."""
        silence = np.broadcast_to(np.float32(0.0), self.audio.samples.shape)
        return replace(self, audio=replace(self.audio, samples=silence))


def joined(spoken: Iterable[Spoken]) -> Iterator[Audio]:
    """Sentences as sound that goes on: each piece is a sentence and the silence before it. They lie one after the
    other, whatever their ``start``; the first begins at once. Close it to stop."""
    at, rate = 0.0, 0
    with closes(spoken):
        for one in spoken:
            if not one.audio.frames:
                continue
            before = one.pause if rate else 0.0
            rate = rate or one.audio.sample_rate
            silence = np.zeros(round(before * rate), np.float32)
            piece = Audio(np.concatenate([silence, fit(one.audio, rate).mono]), rate, at)
            at = piece.end
            yield piece


def retold(spoken: Iterable[Spoken]) -> list[Spoken]:
    """Sentences in the order of the text, each where it begins in :func:`joined`: after some were said anew."""
    placed: list[Spoken] = []
    at, begun = 0.0, False
    for one in sorted(spoken, key=lambda one: one.index):
        at += one.pause if begun and one.audio.frames else 0.0
        begun = begun or bool(one.audio.frames)
        placed.append(one.moved(at - one.start))
        at = placed[-1].end
    return placed


def said(spoken: Iterable[Spoken], language: str | None = None) -> Recording:
    """What was said when, as a recording that any format is written of: subtitles, say."""
    segments = [
        Segment(one.start, one.end, text=one.text, id=f"s{one.index + 1}", language=one.language, words=one.words)
        for one in spoken
        if one.audio.frames
    ]
    end = max((one.end for one in segments), default=0.0)
    return Recording(transcript=Transcript(tuple(segments), language), duration=end)


def _times(one: Spoken | Word) -> dict[str, float]:
    return {"start": round(one.start, 3), "end": round(one.end, 3)}
