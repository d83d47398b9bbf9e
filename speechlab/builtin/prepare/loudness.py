"""Every recording as loud as wanted: a gain by the gated loudness of the sound around, and a limit to its peaks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...engines import Context
from ...params import Params
from ...soundcheck.loudness import Loudness as Meter
from ...stages.tape import Tape
from ...types import Audio
from .cards import LoudnessOptions
from .limiter import Limiter, Sound

STEP = 1.0
"""Seconds from one measured gain to the next; in between it goes straight, in decibels."""
FASTEST = 3.0
"""Most decibels by which the gain moves in a step."""
PIECE = 10.0
"""Seconds given at once at most."""


class Loudness:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: LoudnessOptions) -> LoudnessSession:
        return LoudnessSession(options)


class LoudnessSession:
    """Measures, waits until it has heard enough, then turns what it held to the right loudness.

    The gain at a time is that of a window around it, which lies within the recording: the recording's first and last
    minute, say, are each turned by one gain, and one that is shorter than the window wholly so.
    """

    def __init__(self, options: LoudnessOptions) -> None:
        self._options = options
        self._tape = Tape()
        self._meter: Meter | None = None
        self._limiter: Limiter | None = None
        self._rate, self._start = 0, 0.0
        self._heard = self._turned = self._given = 0
        """Samples of each channel: fed, through the gain, and given."""
        self._gains: list[float] = []
        """In decibels, one for each step from the beginning on."""

    def feed(self, audio: Audio) -> Iterator[Audio]:
        if not audio.frames:
            return
        if self._meter is None or self._limiter is None:
            self._rate, self._start = audio.sample_rate, audio.start
            self._meter = Meter(audio.sample_rate, audio.channels)
            self._limiter = Limiter(audio.sample_rate, audio.channels, 10 ** (self._options.peak_dbfs / 20))
        self._meter.feed(audio.samples)
        self._tape.append(audio)
        self._heard += audio.frames
        self._measure(over=False)
        yield from self._ready((len(self._gains) - 1) * STEP)

    def flush(self) -> Iterator[Audio]:
        if self._limiter is None:
            return
        self._measure(over=True)
        yield from self._ready(self._heard / self._rate)
        yield from self._placed(self._limiter.flush())

    def _measure(self, *, over: bool) -> None:
        """Find each gain for which enough was heard."""
        assert self._meter is not None
        end = self._heard / self._rate
        while len(self._gains) * STEP < end + STEP:
            first, last = self._window(len(self._gains) * STEP)
            if over and last > end:
                first, last = max(0.0, first - (last - end)), end
            if last > (end if over else self._meter.seconds + 1e-6):
                return
            self._gains.append(self._gain(self._meter.integrated(first, last)))
            if self._options.window:
                self._meter.forget(first)

    def _window(self, at: float) -> tuple[float, float]:
        """Between which times the gain at a time is measured."""
        window = self._options.window or float("inf")
        if not self._options.look_ahead:
            last = max(0.0, at - STEP)
            return max(0.0, last - window), last
        first = max(0.0, at - window / 2)
        return first, first + window

    def _gain(self, loudness: float | None) -> float:
        """The next gain; the last one where nothing is loud enough to be measured."""
        if loudness is None:
            return self._gains[-1] if self._gains else 0.0
        wanted = min(self._options.target_lufs - loudness, self._options.most_gain_db)
        if not self._gains:
            return wanted
        return float(np.clip(wanted, self._gains[-1] - FASTEST, self._gains[-1] + FASTEST))

    def _ready(self, until: float) -> Iterator[Audio]:
        """What lies before a time, turned."""
        assert self._limiter is not None
        most = round(PIECE * self._rate)
        last = min(self._heard, round(until * self._rate))
        while (frames := min(most, last - self._turned)) > 0:
            sound = self._tape.first(frames).samples
            times = np.arange(self._turned, self._turned + frames) / self._rate
            gain = np.interp(times, np.arange(len(self._gains)) * STEP, self._gains)
            self._turned += frames
            yield from self._placed(self._limiter.feed(sound * 10 ** (gain / 20)))

    def _placed(self, sound: Sound) -> Iterator[Audio]:
        if sound.shape[1]:
            samples = np.clip(sound, -1, 1).astype(np.float32)
            yield Audio(samples, self._rate, self._start + self._given / self._rate)
            self._given += sound.shape[1]
