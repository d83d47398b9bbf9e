"""A live pipeline that is pushed: sound in, events out, and nothing waits but its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..engines import Kind
from ..pipeline import Pipeline
from ..pool import Pool
from ..runner import apart, compose
from ..trace import Trace
from ..types import Audio, AudioChunk, Event, Tick
from .detection import Detector
from .workers import Crew


class Flow:
    """Stages are generators that are pulled. A tick after each chunk shows when all that it brought has come out."""

    def __init__(self, pipeline: Pipeline, pool: Pool, crew: Crew) -> None:
        self.pipeline, self.crew, self.trace = pipeline, crew, Trace()
        self.prefix = ""
        """What its ids begin with, so that none is that of another pipeline of the same session."""
        self._began: float | None = None
        self._given: deque[Event] = deque()
        self._over = False
        self._stream = compose(pipeline, self._source(), pool, scheduler=crew, trace=self.trace)

    @property
    def detector(self) -> Detector | None:
        """The detector that hears the sound as it comes in, if one does."""
        first = self.pipeline.steps[0].spec.kind is Kind.VAD
        return self.crew.detectors[0] if first and self.crew.detectors else None

    @property
    def speed(self) -> float | None:
        """Seconds of sound for each second of work; None where none was done."""
        work = sum(stage.wall for stage in self.trace.stages.values())
        return (self.crew.at - self._began) / work if work and self._began is not None else None

    def load(self) -> None:
        """Load the engines. Raises SpeechLabError; all is given back then."""
        try:
            for _ in self.push(None):
                pass
        except BaseException:
            self.close()
            raise

    def push(self, audio: Audio | None) -> Iterator[Event]:
        """What is known after this sound, or after nothing but time; it must be taken to its end.

        Raises SpeechLabError.
        """
        if audio is not None:
            self._began = audio.start if self._began is None else self._began
            self.crew.at = audio.end
            self._given.append(AudioChunk(audio))
        tick = Tick(self.crew.at)
        self._given.append(tick)
        for event in self._stream:
            if event is tick:
                return
            yield apart(event, self.prefix)

    def rest(self) -> Iterator[Event]:
        """No more sound: all that is still to come; waits for it. Raises SpeechLabError."""
        self._over = True
        for event in self._stream:
            yield apart(event, self.prefix)

    def close(self) -> None:
        """Give the engines back."""
        self.crew.close()
        self._stream.close()

    def _source(self) -> Iterator[Event]:
        while self._given or not self._over:
            yield self._given.popleft()
