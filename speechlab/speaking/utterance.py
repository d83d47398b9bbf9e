"""What was made of one sentence: gathered from an engine's pieces, then made fit to stand beside others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..dubbing.levels import faded, levelled, speech
from ..stages.rewording import reworded
from ..types import Audio, Segment, SynthesisChunk, Word


@dataclass(slots=True)
class Utterance:
    """A sentence in the making."""

    pieces: list[Audio] = field(default_factory=list)
    voice: str = ""
    words: list[Word] = field(default_factory=list)
    """What is said when, counted from where the sound begins."""

    def add(self, chunk: SynthesisChunk) -> None:
        """One piece more."""
        self.pieces.append(chunk.audio)
        self.voice = chunk.voice
        self.words += chunk.words

    def finished(self, text: str, sample_rate: int, loudness: float | None, gain: float) -> Said:
        """It can stand beside others: without silence around it, levelled, and beginning and ending softly. ``text`` is
        how it is written, whose words then have the times, not those that were said for them ("20 °C")."""
        if not self.pieces:
            return Said(Audio(np.zeros(0, np.float32), sample_rate), self.voice)
        whole = Audio.join(self.pieces)
        rate = whole.sample_rate
        where = speech(whole.mono, rate)
        samples = whole.mono[where]
        if loudness is not None:
            samples = levelled(samples, rate, loudness)
        if gain:
            samples = np.clip(samples * 10 ** (gain / 20), -1.0, 1.0).astype(np.float32)
        audio = Audio(faded(samples, rate), rate)
        return Said(audio, self.voice, _written(self.words, text, where.start / rate, audio.duration))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence's sound, who says it, and when it says which word, counted from where the sound begins."""

    audio: Audio
    voice: str = ""
    words: tuple[Word, ...] = ()


def _written(words: Sequence[Word], text: str, before: float, duration: float) -> tuple[Word, ...]:
    """The words of the text, at the times of those that were said, inside the sound that was kept."""
    if not words:
        return ()
    kept, last = list[Word](), 0.0
    for word in words:
        start = min(max(last, word.start - before), duration)
        last = min(max(start, word.end - before), duration)
        kept.append(replace(word, start=start, end=last))
    return reworded(Segment(0.0, duration, text="", words=tuple(kept)), text).words
