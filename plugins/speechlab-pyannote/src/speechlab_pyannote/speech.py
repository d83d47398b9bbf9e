"""From the probability of speech in each frame to stretches of it, each told as soon as nothing can change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from speechlab import SpeechEnded, SpeechStarted, VadOptions

Edge = tuple[type[SpeechStarted] | type[SpeechEnded], float]
"""What happens, and how many seconds after the start of the stream."""


class Stretches:
    """One stream's speech so far. Its frames are ``step`` seconds apart, and the second one begins at ``late`` beyond
    that: a frame stands for the middle of what the network looks at for it, and the first one for all before too."""

    def __init__(self, options: VadOptions, step: float, late: float = 0.0) -> None:
        self._threshold, self._step, self._late = options.threshold, step, late
        self._shortest = options.min_speech_duration_ms / 1000
        self._gap = options.min_silence_duration_ms / 1000
        self._pad = options.speech_pad_ms / 1000
        self._frames = 0
        self._speech: float | None = None
        """Where the speech that goes on began."""
        self._silence: float | None = None
        """Where the silence began that may end it."""
        self._told = False
        """Whether its start has been told."""
        self._free = 0.0
        """Where the next stretch may begin at the soonest."""

    def push(self, probabilities: Iterable[float]) -> Iterator[Edge]:
        """The next frames."""
        for probability in probabilities:
            now = self._late + self._frames * self._step if self._frames else 0.0
            self._frames += 1
            after = self._late + self._frames * self._step
            yield from self._heard(now, after) if probability >= self._threshold else self._missed(now, after)

    def finish(self, end: float) -> Iterator[Edge]:
        """The stream is over, and so is what goes on."""
        if self._speech is None:
            return
        stop = end if self._silence is None else min(end, self._silence)
        if not self._told and _since(self._speech, stop) >= self._shortest:
            yield self._start(self._speech)
        if self._told:
            yield SpeechEnded, min(end, stop + self._pad)
        self._speech, self._told = None, False

    def _heard(self, now: float, after: float) -> Iterator[Edge]:
        self._speech = now if self._speech is None else self._speech
        self._silence = None
        if not self._told and _since(self._speech, after) >= self._shortest:
            yield self._start(self._speech)

    def _missed(self, now: float, after: float) -> Iterator[Edge]:
        if self._speech is None:
            return
        self._silence = now if self._silence is None else self._silence
        if _since(self._silence, after) < max(self._gap, self._pad):  # never an end beyond what was heard
            return
        if self._told:
            self._free = self._silence + self._pad
            yield SpeechEnded, self._free
        self._speech = self._silence = None
        self._told = False

    def _start(self, speech: float) -> Edge:
        self._told = True
        return SpeechStarted, max(self._free, speech - self._pad)


def _since(start: float, end: float) -> float:
    """Seconds between, to the microsecond: what is as long as asked must not fall short by a rounding error."""
    return round(end - start, 6)
