"""Give a session the sound that its engine asks for, chunk by chunk, and pass everything else by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..engines import Session
from ..media import Resampler
from ..types import Audio, AudioChunk, Event, HeardChunk
from .base import Making, Stage

LONGEST = 10.0
"""Seconds of sound that a session hears at once: who closes a run waits for no more."""
Tell = Callable[[Any], Iterable[Event]]
"""The events that an answer of a session stands for."""


class Ear:
    """Resamples a stream to one rate, and mixes it down, unless its channels are wanted each."""

    def __init__(self, sample_rate: int, *, mono: bool = True) -> None:
        self._resampler, self._mono = Resampler(sample_rate), mono

    def feed(self, audio: Audio) -> Iterator[Audio]:
        """The chunk as the engine wants it, if it gives any sound yet."""
        if self._mono and audio.channels > 1:
            audio = Audio(audio.mono, audio.sample_rate, audio.start)
        yield from self._resampler.feed(audio)

    def flush(self) -> Iterator[Audio]:
        """What the resampler held back."""
        yield from self._resampler.flush()


def as_told(answer: Any) -> Iterator[Event]:
    """What an answer is, where it is an event already."""
    yield answer


def opened(making: Making) -> Session[Audio, Any]:
    """A session of the engine, with the stage's options."""
    session: Session[Audio, Any] = making.loaded.engine.open(making.options)
    return session


def through_session(
    making: Making,
    tell: Tell = as_told,
    open_session: Callable[[Making], Session[Audio, Any]] = opened,
    *,
    track: type[AudioChunk] | type[HeardChunk] = AudioChunk,
    replaces_sound: bool = False,
    mono: bool = True,
) -> Stage:
    """The stage of any engine that hears a stream: each chunk is passed on (unless replaced), then what it brought.

    ``track`` is which of the two tracks it hears; ``mono`` is whether a chunk is mixed down before it is heard.
    """
    loaded = making.loaded

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        ear = Ear(loaded.spec.sample_rate, mono=mono)
        with loaded.exclusive():
            session = open_session(making)

        def heard(parts: Iterable[Audio]) -> Iterator[Event]:
            for part in parts:
                with loaded.exclusive():
                    answers = list(session.feed(part))
                for answer in answers:
                    yield from tell(answer)

        for event in events:
            if not isinstance(event, track):
                yield event
                continue
            for audio in [event.audio] if event.audio.duration <= LONGEST else event.audio.chunks(LONGEST):
                if not replaces_sound:
                    yield track(audio)
                yield from heard(ear.feed(audio))
        yield from heard(ear.flush())
        with loaded.exclusive():
            rest = list(session.flush())
        for answer in rest:
            yield from tell(answer)

    return stage
