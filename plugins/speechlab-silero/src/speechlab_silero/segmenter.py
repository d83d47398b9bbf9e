"""From one speech probability for each window to the times of speech, each told as soon as nothing can change it.

The spans are those of silero-vad's own ``get_speech_timestamps``, which looks at a whole recording; here they are
found on the way. Three things can hold a time back: speech may yet prove shorter than ``min_speech_duration_ms``,
silence may yet prove shorter than ``min_silence_duration_ms``, and where the padding of two spans would meet, both
get half of the silence between them, so an end may wait for the next start.
"""

from __future__ import annotations

from collections.abc import Sequence

from speechlab import SpeechEnded, SpeechStarted

from . import SileroOptions

RATE = 16_000
WINDOW = 512
"""Samples that one probability stands for."""
SHORTEST_PAUSE = 98 * RATE // 1000
"""Samples of silence, beyond which speech that is too long may be split there."""

Edge = tuple[type[SpeechStarted] | type[SpeechEnded], int]
"""What happens, and at which sample of the stream."""


class Segmenter:
    """One stream's speech so far."""

    def __init__(self, options: SileroOptions) -> None:
        self._threshold = options.threshold
        low = options.neg_threshold
        self._low = min(options.threshold, max(options.threshold - 0.15, 0.01) if low is None else low)
        self._min_speech = _samples(options.min_speech_duration_ms)
        self._min_silence = _samples(options.min_silence_duration_ms)
        self._pad = _samples(options.speech_pad_ms)
        longest = options.max_speech_duration_s
        self._longest = float("inf") if longest is None else RATE * longest - WINDOW - 2 * self._pad

        self._heard = 0
        self._start: int | None = None
        """Where the speech began that is going on."""
        self._told = False
        """Whether that start has been told."""
        self._silence: int | None = None
        """Where the silence began that may end it."""
        self._pauses: list[tuple[int, int]] = []
        """Start and length of the silences within it that were long enough to split it there."""
        self._owed: int | None = None
        """The end, without padding, of the speech before: not told yet."""

    def push(self, probability: float, samples: int = WINDOW) -> Sequence[Edge]:
        """The next window; only the last of a stream holds fewer ``samples``."""
        now, self._heard = self._heard, self._heard + samples
        if self._start is None and self._owed is None and probability < self._threshold:
            return ()
        edges: list[Edge] = []
        if probability >= self._threshold:
            self._speech(now)
        if self._start is not None and now - self._start > self._longest:
            self._split(now, edges)
        if self._start is not None and probability < self._low:
            self._quiet(now, edges)
        if self._start is not None and not self._told:
            earliest_end = self._heard if self._silence is None else self._silence
            if earliest_end - self._start > self._min_speech:
                self._tell_start(edges)
        self._settle(self._heard if self._start is None else self._start, edges)
        return edges

    def finish(self) -> Sequence[Edge]:
        """The stream is over: speech that goes on ends here, if it was long enough."""
        edges: list[Edge] = []
        if self._start is not None and self._heard - self._start > self._min_speech:
            self._keep(self._heard, edges)
        if self._owed is not None:
            edges.append((SpeechEnded, min(self._heard, self._owed + self._pad)))
        self._start = self._silence = self._owed = None
        return edges

    def _speech(self, now: int) -> None:
        if self._silence is not None:
            if now - self._silence > SHORTEST_PAUSE:
                self._pauses.append((self._silence, now - self._silence))
            self._silence = None
        if self._start is None:
            self._start = now

    def _split(self, now: int, edges: list[Edge]) -> None:
        """End the speech at its longest pause and begin it anew behind that; without a pause, end it here."""
        if self._pauses:
            pause, length = max(self._pauses, key=lambda found: found[1])
            self._keep(pause, edges)
            self._start = pause + length
        else:
            self._keep(now, edges)

    def _quiet(self, now: int, edges: list[Edge]) -> None:
        if self._silence is None:
            self._silence = now
        if now - self._silence < self._min_silence:
            return
        assert self._start is not None
        if self._silence - self._start > self._min_speech:
            self._keep(self._silence, edges)
        else:
            self._rest()

    def _keep(self, end: int, edges: list[Edge]) -> None:
        """The speech that goes on ends, and counts."""
        if not self._told:
            self._tell_start(edges)
        self._owed = end
        self._rest()

    def _rest(self) -> None:
        self._start, self._told, self._silence = None, False, None
        self._pauses.clear()

    def _tell_start(self, edges: list[Edge]) -> None:
        """The start, after the end that it may share its padding with."""
        assert self._start is not None
        pad = self._pad
        if self._owed is not None:
            pad = min(pad, (self._start - self._owed) // 2)
            edges.append((SpeechEnded, self._owed + pad))
            self._owed = None
        edges.append((SpeechStarted, max(0, self._start - pad)))
        self._told = True

    def _settle(self, next_start: int, edges: list[Edge]) -> None:
        """Tell an owed end once speech can begin no sooner than ``next_start``, and that is beyond the padding."""
        if self._owed is not None and next_start - self._owed >= 2 * self._pad:
            edges.append((SpeechEnded, self._owed + self._pad))
            self._owed = None


def _samples(milliseconds: int) -> int:
    return RATE * milliseconds // 1000
