"""Speech detection over many sessions in one call of the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..engines import BatchSpeechDetector, Session
from ..pool import Loaded
from ..types import Audio


class Detector:
    """A detector's session of one live session. What it is about to hear may have been heard in a common call."""

    def __init__(self, loaded: Loaded, options: Any) -> None:
        self.loaded, self._options = loaded, options
        self._engine = loaded.engine
        self.session: Session[Audio, Any] = self._engine.open(options)
        self._heard: tuple[Audio, Sequence[Any]] | None = None

    def feed(self, audio: Audio) -> Iterable[Any]:
        """What this chunk tells."""
        heard, self._heard = self._heard, None
        if heard is not None and heard[0] is audio:
            return heard[1]
        try:
            return list(self.session.feed(audio))
        except Exception:
            self._restart()
            return list(self.session.feed(audio))

    def flush(self) -> Iterable[Any]:
        """What was held back."""
        return self.session.flush()

    def told(self, audio: Audio, answers: Sequence[Any]) -> None:
        """A common call has heard this chunk, which is fed next."""
        self._heard = audio, answers

    def _restart(self) -> None:
        """The engine failed: a new session goes on from here."""
        self.loaded.restart(self._engine)
        self._engine = self.loaded.engine
        self.session = self._engine.open(self._options)


def detect(heard: Iterable[tuple[Detector, Audio]]) -> None:
    """Let detectors hear the chunks that they are fed next, those of one engine together.

    Where that fails, each hears its own when it is fed.
    """
    by_engine: dict[int, list[tuple[Detector, Audio]]] = {}
    for detector, audio in heard:
        engine = detector.loaded.engine
        if isinstance(engine, BatchSpeechDetector) and detector.loaded.spec.sample_rate == audio.sample_rate:
            by_engine.setdefault(id(engine), []).append((detector, audio))
    for some in by_engine.values():
        if len(some) > 1:
            _together(some)


def _together(some: list[tuple[Detector, Audio]]) -> None:
    loaded = some[0][0].loaded
    with loaded.exclusive():
        try:
            answers = loaded.engine.feed_batch([detector.session for detector, _ in some], [audio for _, audio in some])
        except Exception:  # whose chunk it was shows when each is fed alone
            return
    for (detector, audio), told in zip(some, answers, strict=True):
        detector.told(audio, told)
