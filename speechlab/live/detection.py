"""Speech detection over many sessions in one call of the network, by detectors that outlive their engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..engines import BatchSpeechDetector, Session
from ..pool import Loaded
from ..stages.scheduling import restart
from ..types import Audio, SpeechEnded, SpeechStarted

AGAIN = 1.0
"""Seconds of sound at most that a new session hears again: those in which speech may have begun, but was not told."""


class Detector:
    """A detector's session of one live session. What it is about to hear may have been heard in a common call.

    Where the engine fails, it is started again, and a new session goes on; speech that was open ends there, and begins
    anew if it goes on.
    """

    def __init__(self, loaded: Loaded, options: Any, restarted: Callable[[Loaded], None]) -> None:
        self.loaded, self._options, self._restarted = loaded, options, restarted
        self.engine = loaded.engine
        """The engine that the session is of."""
        self.batches = isinstance(self.engine, BatchSpeechDetector)
        """Whether it hears many sessions at once; asked once, as asking takes longer than some detectors do."""
        self.session: Session[Audio, Any] = self.engine.open(options)
        self._heard: tuple[Audio, Sequence[Any] | BaseException] | None = None
        self._speaking = False
        self._recent: deque[Audio] = deque()
        self._end = 0.0

    def feed(self, audio: Audio) -> Iterable[Any]:
        """What this chunk tells. Raises what the engine raises, where starting it again does not help."""
        heard, self._heard = self._heard, None
        try:
            if heard is None or heard[0] is not audio:
                told = list(self.session.feed(audio))
            elif isinstance(heard[1], BaseException):
                raise heard[1]
            else:
                told = list(heard[1])
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            told = self._anew(audio.start, error, audio)
        self._note(audio, told)
        return told

    def flush(self) -> Iterable[Any]:
        """What was held back."""
        try:
            return list(self.session.flush())
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            return [*self._anew(self._end, error), *self.session.flush()]

    def told(self, audio: Audio, answers: Sequence[Any] | BaseException) -> None:
        """A common call has heard this chunk, which is fed next; or has failed, so that nobody knows who heard what."""
        self._heard = audio, answers

    def _anew(self, at: float, error: BaseException, *audio: Audio) -> list[Any]:
        """A new session of the engine, which is started again, goes on where the last one failed."""
        restart(self.loaded, self.engine, error)
        self.engine = self.loaded.engine
        self.session = self.engine.open(self._options)
        told: list[Any] = [SpeechEnded(at)] if self._speaking else []
        for part in (*self._recent, *audio):
            told += self.session.feed(part)
        self._restarted(self.loaded)
        return told

    def _note(self, audio: Audio, told: Iterable[Any]) -> None:
        """Remember what a new session would have to know."""
        self._end = audio.end
        self._recent.append(audio)
        for event in told:
            if isinstance(event, SpeechStarted | SpeechEnded):
                self._speaking = isinstance(event, SpeechStarted)
                self._recent.clear()
        while self._recent and (self._speaking or self._recent[0].end <= audio.end - AGAIN):
            self._recent.popleft()


def detect(heard: Iterable[tuple[Detector, Audio]]) -> None:
    """Let detectors hear the chunks that they are fed next, those of one engine together."""
    by_engine: dict[int, list[tuple[Detector, Audio]]] = {}
    for detector, audio in heard:
        if detector.batches and detector.loaded.spec.sample_rate == audio.sample_rate:
            by_engine.setdefault(id(detector.engine), []).append((detector, audio))
    for some in by_engine.values():
        if len(some) > 1:
            _together(some)


def _together(some: list[tuple[Detector, Audio]]) -> None:
    first = some[0][0]
    told: Sequence[Sequence[Any] | BaseException]
    with first.loaded.exclusive():
        try:
            told = first.engine.feed_batch([detector.session for detector, _ in some], [audio for _, audio in some])
            if len(told) != len(some):
                raise ValueError(f"{len(told)} answers for {len(some)} sessions")
        except BaseException as error:
            told = [error] * len(some)
    for (detector, audio), answers in zip(some, told, strict=True):
        detector.told(audio, answers)
