"""Silence before the first sound and after the last, left out; silence in between stays as it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...engines import Context
from ...params import Params
from ...stages.tape import Tape
from ...types import Audio, Samples
from .cards import TrimOptions

FRAME = 0.02
"""Seconds of sound that are loud or not."""
STEADY = 3
"""Loud frames one after the other from which on it is a sound and no click."""
HYSTERESIS = 3.0
"""Decibels under the threshold down to which a sound that has begun goes on."""
PIECE = 10.0
"""Seconds given at once at most."""


class Trim:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: TrimOptions) -> TrimSession:
        return TrimSession(options)


class TrimSession:
    """Holds sound back while it may be silence that nothing follows. Positions are samples from the beginning."""

    def __init__(self, options: TrimOptions) -> None:
        self._options = options
        self._tape = Tape()
        self._at = self._heard = 0
        """Where what is held begins, and where it ends."""
        self._rest: Samples | None = None
        """What does not fill a frame yet."""
        self._rate = self._frame = 0
        self._frames = self._run = 0
        """Frames looked at, and how many of the last of them were loud while nothing sounded."""
        self._sounding = False
        self._from: int | None = None if options.leading else 0
        """Where what is kept begins; None while there was no sound."""
        self._until = 0
        """Where the last sound ended."""

    def feed(self, audio: Audio) -> Iterator[Audio]:
        if not self._rate:
            self._rate, self._frame = audio.sample_rate, max(1, round(FRAME * audio.sample_rate))
        self._tape.append(audio)
        self._heard += audio.frames
        for loudness in self._loudness(audio.samples):
            self._look(loudness)
        pad, longest = (round(seconds * self._rate) for seconds in (self._options.pad, self._options.longest))
        if self._from is None:
            self._leave(self._frames * self._frame - (STEADY * self._frame + pad))
            return
        self._leave(self._from)
        sure = self._until + pad if self._options.trailing else self._heard
        yield from self._given(max(sure, self._heard - max(longest, pad)))

    def flush(self) -> Iterator[Audio]:
        if self._sounding:  # to the very end, of which less than a frame was not looked at
            yield from self._given(self._heard)

    def _loudness(self, samples: Samples) -> list[float]:
        """Of each frame that is full, in dBFS: of its loudest channel, without a constant offset."""
        held = samples if self._rest is None else np.concatenate([self._rest, samples], axis=1)
        count = held.shape[1] // self._frame
        self._rest = held[:, count * self._frame :].copy()
        frames = held[:, : count * self._frame].reshape(len(held), count, self._frame).astype(np.float64)
        power = frames.var(axis=2).max(axis=0)
        levels: list[float] = (10 * np.log10(np.maximum(power, 1e-20))).tolist()
        return levels

    def _look(self, loudness: float) -> None:
        """Whether the next frame begins a sound, or is part of one."""
        self._frames += 1
        threshold = self._options.threshold_dbfs
        if self._sounding:
            self._sounding = loudness >= threshold - HYSTERESIS
            self._run = 0
        else:
            self._run = self._run + 1 if loudness >= threshold else 0
            self._sounding = self._run >= STEADY
        if self._sounding:
            self._until = self._frames * self._frame
            if self._from is None:
                self._from = max(0, self._until - STEADY * self._frame - round(self._options.pad * self._rate))

    def _leave(self, until: int) -> None:
        """Let go of what lies before a position."""
        if until > self._at:
            self._at += self._tape.first(until - self._at).frames

    def _given(self, until: int) -> Iterator[Audio]:
        """What lies before a position."""
        while (frames := min(until, self._heard) - self._at) > 0:
            audio = self._tape.first(min(frames, round(PIECE * self._rate)))
            self._at += audio.frames
            yield audio
