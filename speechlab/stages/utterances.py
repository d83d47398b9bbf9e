"""Cut a live stream into utterances: each as soon as it is over and its sound is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..types import Audio, AudioChunk, Event, Span, SpeechEnded, SpeechStarted
from .clips import clips, quietest
from .hearing import Ear
from .reel import Reel
from .speech import LATE

MARGIN = 1.0
"""Seconds past the window before speech that goes on is cut: the detector may yet tell that it has ended."""


class Utterances:
    """What is said, cut from a reel by time: a detector tells of a start after the chunk that held it, and may tell of
    an end before a slower stage has given the sound. Speech longer than ``window`` seconds is cut where it is quietest.
    """

    def __init__(self, sample_rate: int, window: float) -> None:
        self._reel, self._ear, self._window = Reel(), Ear(sample_rate), window
        self._began: float | None = None
        self._ended: deque[Span] = deque()

    @property
    def open(self) -> float | None:
        """Where the utterance begins that is being said, if one is."""
        return self._began

    @property
    def end(self) -> float:
        """How far the sound is here, in seconds."""
        return self._reel.end

    def sound(self, start: float, end: float) -> Audio:
        """The sound between two times, none of them long ago."""
        return self._reel.cut(start, end)

    def hear(self, event: Event) -> Iterator[Audio]:
        """One event more; gives each utterance that is over, as soon as its sound is here."""
        match event:
            case AudioChunk(audio):
                for part in self._ear.feed(audio):
                    self._reel.append(part)
                yield from self._too_long()
            case SpeechStarted(at):
                self._began = at
            case SpeechEnded(at):
                self._end(at)
            case _:
                return
        yield from self._ready(self._reel.end)
        self._reel.forget(min([self._reel.end - LATE, *self._needed()]))

    def flush(self) -> Iterator[Audio]:
        """The stream is over; gives what was open."""
        for part in self._ear.flush():
            self._reel.append(part)
        self._end(self._reel.end)
        yield from self._ready(float("inf"))

    def _end(self, at: float) -> None:
        if self._began is not None and at > self._began:  # else it was cut before, and nothing is left of it
            self._ended.append(Span(self._began, at))
        self._began = None

    def _too_long(self) -> Iterator[Audio]:
        while self._began is not None and self._reel.end - self._began > self._window + MARGIN:
            first, last = self._began + self._window / 2, self._began + self._window
            cut = quietest(self._reel.cut(first, last), first, last)
            yield from self._ready(self._reel.end)
            yield from self._taken(Span(self._began, cut))
            self._began = cut

    def _ready(self, until: float) -> Iterator[Audio]:
        while self._ended and self._ended[0].end <= until:
            yield from self._taken(self._ended.popleft())

    def _taken(self, span: Span) -> Iterator[Audio]:
        for clip in clips(self._reel.cut(span.start, span.end), [span], self._window):
            yield clip.audio

    def _needed(self) -> list[float]:
        return [span.start for span in self._ended] + ([self._began] if self._began is not None else [])
