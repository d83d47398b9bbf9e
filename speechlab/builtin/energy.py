"""Voice activity by loudness: what is left where no trained detector is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ..engines import Context
from ..params import Params
from ..types import Audio, Samples, Span, SpeechEnded, SpeechScores, SpeechStarted
from .cards import EnergyOptions

FRAME = 0.02


class EnergyDetector:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: EnergyOptions) -> EnergySession:
        return EnergySession(options)

    def scores(self, chunks: Iterable[Audio]) -> SpeechScores:
        """The loudness of each frame."""
        frames = Frames()
        levels = [np.zeros(0, np.float32), *map(frames.cut, chunks)]
        return SpeechScores(np.concatenate(levels), FRAME, frames.start or 0.0, frames.end)

    def spans(self, scores: SpeechScores, options: EnergyOptions) -> list[Span]:
        session = EnergySession(options)
        told = [*session.judge(scores.start, scores.values), *session.flush()]
        return [Span(start.at, end.at) for start, end in zip(told[::2], told[1::2], strict=True)]


class Frames:
    """The loudness of a stream, frame by frame, however it is cut into chunks."""

    def __init__(self) -> None:
        self.start: float | None = None
        """Where the first chunk began."""
        self.end = 0.0
        self._rest: Samples = np.zeros(0, np.float32)

    def cut(self, audio: Audio) -> Samples:
        """The root mean square of each frame that this chunk fills."""
        self.start, self.end = audio.start if self.start is None else self.start, audio.end
        samples = np.concatenate([self._rest, audio.mono]) if len(self._rest) else audio.mono
        step = round(FRAME * audio.sample_rate)
        count = len(samples) // step
        frames = samples[: count * step].reshape(count, step)
        self._rest = samples[count * step :]
        power = np.einsum("ij,ij->i", frames, frames)  # in one pass, and summed alike however many frames there are
        loudness: Samples = np.sqrt(power / step)
        return loudness


class EnergySession:
    """Counts loud and quiet frames; the answers do not depend on how the sound is cut into chunks."""

    def __init__(self, options: EnergyOptions) -> None:
        self._options = options
        self._heard = Frames()
        self._start: float | None = None
        self._frames = 0
        """How many frames have been looked at; times are told from their number, so that no error adds up."""
        self._loud_since: float | None = None
        self._quiet_since: float | None = None
        self._speaking = False
        self._last_end = 0.0

    def feed(self, audio: Audio) -> Iterator[SpeechStarted | SpeechEnded]:
        loudness = self._heard.cut(audio)
        yield from self.judge(self._heard.start or 0.0, loudness)

    def judge(self, start: float, loudness: Samples) -> Iterator[SpeechStarted | SpeechEnded]:
        """What the next frames of a stream tell that began at ``start``."""
        if self._start is None:
            self._start = self._last_end = start
        expected = self._expected
        for loud in (loudness > self._options.threshold).tolist():
            if loud is not expected:
                yield from self._frame(loud)
                expected = self._expected
            self._frames += 1

    def flush(self) -> Iterator[SpeechStarted | SpeechEnded]:
        if self._speaking:
            yield SpeechEnded(self._at if self._quiet_since is None else self._quiet_since)

    @property
    def _expected(self) -> bool | None:
        """Whether a loud frame changes nothing, or a quiet one; None where either may."""
        if self._speaking:
            return True if self._quiet_since is None else None
        return False if self._loud_since is None else None

    @property
    def _at(self) -> float:
        """Time of the first frame not yet looked at."""
        return round((self._start or 0.0) + self._frames * FRAME, 6)

    def _frame(self, loud: bool) -> Iterator[SpeechStarted | SpeechEnded]:
        options = self._options
        pad = options.speech_pad_ms / 1000
        if loud:
            self._quiet_since = None
            self._loud_since = self._at if self._loud_since is None else self._loud_since
            if not self._speaking and self._at + FRAME - self._loud_since >= options.min_speech_duration_ms / 1000:
                self._speaking = True
                yield SpeechStarted(max(self._last_end, self._loud_since - pad))
            return
        if not self._speaking:
            self._loud_since = None
            return
        self._quiet_since = self._at if self._quiet_since is None else self._quiet_since
        if self._at + FRAME - self._quiet_since >= max(options.min_silence_duration_ms / 1000, pad):
            self._speaking, self._loud_since = False, None
            self._last_end = self._quiet_since + pad
            self._quiet_since = None
            yield SpeechEnded(self._last_end)
