"""Cuts a stream into utterances by its loudness: the noise is what it falls back to, speech what stands out of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from speechlab import Audio, Samples

FRAME = 0.02
"""Seconds over which loudness is measured."""
QUIETEST_SPEECH = -55.0
"""Decibels below full scale under which nothing is speech, however still it is around it."""
LOUDEST_NOISE = -40.0
"""Decibels below full scale that the noise is taken to have at first: what is said at once is louder."""
RISE = 2.0
"""Decibels a second by which the noise is taken to grow while nothing falls back to it."""
ONSET = 0.1
"""Seconds without a gap that a sound must last to begin an utterance; clicks do not."""
PADDING = 0.2
"""Seconds kept around what stands out: soft beginnings and ends of words do not."""
SMOOTH = 5
"""Frames over which loudness is averaged to find where it is quietest."""


class Utterances:
    """One stream. The same utterances come out however it is cut into chunks."""

    def __init__(self, sample_rate: int, *, pause: float, longest: float, margin: float) -> None:
        """An utterance ends with so many seconds of ``pause``, or is cut when it is the ``longest``; speech is
        ``margin`` decibels louder than the noise."""
        self._rate, self._margin = sample_rate, margin
        self._step = round(FRAME * sample_rate)
        self._pause, self._longest = round(pause / FRAME), round(longest / FRAME)
        self._start: float | None = None
        self._rest: Samples = np.zeros(0, np.float32)
        """What does not fill a frame yet."""
        self._held: list[Samples] = []
        """Frames that may be part of an utterance: while none is open, the last few."""
        self._levels: list[float] = []
        self._passed = 0
        """Frames before the first one that is held."""
        self._noise = LOUDEST_NOISE
        self._loud = self._quiet = 0
        """Frames in a row that stand out, and that do not."""
        self._open = False

    def feed(self, audio: Audio) -> Iterator[Audio]:
        """The next chunk; gives the utterances that are over."""
        if self._start is None:
            self._start = audio.start
        samples = np.concatenate([self._rest, audio.mono])
        whole = len(samples) // self._step
        self._rest = samples[whole * self._step :]
        for frame in samples[: whole * self._step].reshape(whole, self._step):
            yield from self._frame(frame)

    def flush(self) -> Iterator[Audio]:
        """The stream is over; gives what was open."""
        if self._open:
            self._held.append(self._rest)
            yield self._cut(len(self._held))

    def _frame(self, frame: Samples) -> Iterator[Audio]:
        level = 10 * float(np.log10(np.square(frame, dtype=np.float64).mean() + 1e-12))
        self._noise = max(min(level, self._noise + RISE * FRAME), QUIETEST_SPEECH - self._margin)
        speech = level > self._noise + self._margin
        self._loud, self._quiet = (self._loud + 1, 0) if speech else (0, self._quiet + 1)
        self._held.append(frame)
        self._levels.append(level)
        padding = round(PADDING / FRAME)
        if not self._open:
            self._open = self._loud >= round(ONSET / FRAME)
            if not self._open:
                self._forget(len(self._held) - padding - self._loud)
            return
        if self._quiet >= self._pause:
            yield self._cut(len(self._held) - max(0, self._quiet - padding))
            self._open = False
            self._forget(len(self._held) - padding)
        elif len(self._held) > self._longest:
            yield self._cut(self._quietest())

    def _quietest(self) -> int:
        """Where the second half of what is held is least loud, in frames."""
        half = len(self._levels) // 2
        smooth = np.convolve(self._levels[half:], np.ones(SMOOTH) / SMOOTH, "valid")
        return half + int(smooth.argmin()) + SMOOTH // 2

    def _cut(self, frames: int) -> Audio:
        """The first frames that are held, which are held no more."""
        assert self._start is not None
        start = self._start + self._passed * self._step / self._rate
        sound = Audio(np.concatenate(self._held[:frames]), self._rate, start)
        self._forget(frames)
        return sound

    def _forget(self, frames: int) -> None:
        if frames > 0:
            del self._held[:frames], self._levels[:frames]
            self._passed += frames
