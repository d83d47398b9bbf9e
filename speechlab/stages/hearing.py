"""Give a session the sound that its engine asks for, chunk by chunk, and pass everything else by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..engines import Session
from ..media import Resampler
from ..pool import Loaded
from ..types import Audio, AudioChunk, Event


class Ear:
    """Mixes down and resamples a stream to one rate."""

    def __init__(self, sample_rate: int) -> None:
        self._resampler = Resampler(sample_rate)

    def feed(self, audio: Audio) -> Iterator[Audio]:
        """The chunk as the engine wants it, if it gives any sound yet."""
        if audio.channels > 1:
            audio = Audio(audio.mono, audio.sample_rate, audio.start)
        yield from self._resampler.feed(audio)

    def flush(self) -> Iterator[Audio]:
        """What the resampler held back."""
        yield from self._resampler.flush()


def through_session(
    loaded: Loaded,
    open_session: Callable[[], Session[Audio, Any]],
    tell: Callable[[Any], Event | None],
    *,
    replaces_sound: bool = False,
) -> Callable[[Iterable[Event]], Iterator[Event]]:
    """The stage of any engine that hears a stream: each chunk is passed on (unless replaced), then what it brought."""

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        ear = Ear(loaded.spec.sample_rate)
        with loaded.exclusive():
            session = open_session()

        def heard(parts: Iterable[Audio]) -> Iterator[Event]:
            for part in parts:
                with loaded.exclusive():
                    answers = list(session.feed(part))
                yield from told(answers)

        def told(answers: Iterable[Any]) -> Iterator[Event]:
            for answer in answers:
                if (event := tell(answer)) is not None:
                    yield event

        for event in events:
            if not isinstance(event, AudioChunk):
                yield event
                continue
            if not replaces_sound:
                yield event
            yield from heard(ear.feed(event.audio))
        yield from heard(ear.flush())
        with loaded.exclusive():
            rest = list(session.flush())
        yield from told(rest)

    return stage
