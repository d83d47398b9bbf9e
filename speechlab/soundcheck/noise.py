"""Speech over noise: the power while somebody speaks, and the power while nobody does."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..types import Samples, Span
from .result import Noise

RATE = 16_000
FRAME = 512
"""Samples of one frame: 32 ms."""
LOW = 100.0
"""Hz: what lies below is hum and handling, which neither hides speech nor troubles a recognizer."""
ENOUGH, PLENTY = 12, 32
"""Frames that are needed to tell a level: 0.4 s; and so many that those next to speech can be left out."""
GUARD = 0.05
"""Seconds: nearer to speech than this, a frame may hold some of it."""
LULL = 5
"""Percentile of the frames that is next to the noise, where the pauses are too short."""
ABOVE = 2.0
"""How much more power the noise has than these frames, which are its quietest."""
NOTHING = 1e-10
"""Power of a frame of digital silence, with a margin: -100 dBFS."""
HUM = 4.0
"""So many times the power above 100 Hz lies below it, where there is a hum."""
UNDER = 25.0
"""Decibels under the speech, or under -25 dBFS where nobody speaks, from which on a hum is not worth a word."""
CLEANEST = 80.0
"""Decibels beyond which nobody hears a difference."""

Powers = npt.NDArray[np.float32]


class Frames:
    """Feed it the chunks of a sound at 16 kHz, mixed down: it keeps two numbers for each 32 ms."""

    def __init__(self) -> None:
        self._window = np.hanning(FRAME).astype(np.float32)
        self._split = int(np.ceil(LOW * FRAME / RATE))
        self._held: Samples = np.zeros(0, np.float32)
        self._voice: list[Powers] = []
        self._low: list[Powers] = []

    def feed(self, samples: Samples) -> None:
        held = np.concatenate([self._held, samples])
        whole = len(held) // FRAME * FRAME
        self._held = held[whole:]
        frames = held[:whole].reshape(-1, FRAME)
        frames = frames - frames.mean(axis=1, keepdims=True)  # an offset is no hum
        power = np.square(np.abs(np.fft.rfft(frames * self._window, axis=1)))
        power *= 2 / (FRAME * np.square(self._window).sum())
        self._low.append(power[:, : self._split].sum(axis=1))
        self._voice.append(power[:, self._split :].sum(axis=1))

    @property
    def voice(self) -> Powers:
        """Power from 100 Hz up, of each frame."""
        return np.concatenate(self._voice) if self._voice else np.zeros(0, np.float32)

    @property
    def low(self) -> Powers:
        """Power below 100 Hz, of each frame."""
        return np.concatenate(self._low) if self._low else np.zeros(0, np.float32)

    def noise(self, speech: Sequence[Span]) -> Noise:
        """How the speech stands out. ``speech`` counts from the beginning of the sound."""
        voice, low = self.voice, self.low
        speaking = lies_in(len(voice), speech)
        silent = voice <= NOTHING
        pausing = ~lies_in(len(voice), speech, GUARD) & ~silent
        if np.count_nonzero(pausing) < PLENTY:
            pausing = ~speaking & ~silent
        muted = np.count_nonzero(~speaking & silent)
        if muted > np.count_nonzero(pausing) and muted >= ENOUGH:
            hush, rumble = NOTHING, NOTHING
        elif np.count_nonzero(pausing) >= ENOUGH:
            hush, rumble = _mean(voice[pausing]), _mean(low[pausing])
        elif np.count_nonzero(~silent) >= ENOUGH:
            hush = ABOVE * float(np.percentile(voice[~silent], LULL))
            rumble = ABOVE * float(np.percentile(low[~silent], LULL))
        else:
            return Noise(None, None, False)
        floor = max(-100.0, 10 * float(np.log10(hush + rumble)))
        spoken = np.count_nonzero(speaking) >= ENOUGH
        said = max(_mean(voice[speaking]) - hush, hush / 1000) if spoken else 10 ** (-UNDER / 10)
        hum = rumble > max(HUM * hush, said * 10 ** (-UNDER / 10))
        ratio = min(CLEANEST, 10 * float(np.log10(said / hush)))
        return Noise(round(ratio, 1) if spoken else None, round(floor, 1), hum)


def _mean(powers: Powers) -> float:
    return max(float(powers.mean(dtype=np.float64)), NOTHING)


def lies_in(frames: int, spans: Sequence[Span], guard: float = 0.0) -> npt.NDArray[np.bool_]:
    """For each frame whether its middle lies in one of the spans, widened by ``guard`` seconds."""
    inside = np.zeros(frames, bool)
    for span in spans:
        first, last = (math.ceil(at * RATE / FRAME - 0.5) for at in (span.start - guard, span.end + guard))
        inside[max(0, first) : max(0, last)] = True
    return inside
