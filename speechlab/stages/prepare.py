"""Preparing sound as a stage: all channels at their own rate, in sessions that last while both stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..engines import Session
from ..media import mended
from ..params import Params
from ..types import Audio, AudioChunk, Event, HeardChunk
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import opened

JUMP = 0.02
"""Seconds: a chunk that starts further from the end of the last one does not follow it."""


def make(making: Making) -> Stage:
    """A stage that replaces each chunk by what the engine makes of it; live too, since preparing is no heavy work.

    Where an earlier stage has parted the sound for the ear, that is what it works on.
    """
    track = HeardChunk if making.heard else AudioChunk

    def stage(events: Iterable[Event]) -> Iterator[Event]:
        preparing = Preparing(making)
        for event in events:
            if not isinstance(event, track):
                yield event
                continue
            for audio in preparing.feed(event.audio):
                yield track(audio)
        for audio in preparing.flush():
            yield track(audio)

    return stage


class Preparing:
    """Sessions one after the other: a new one where the rate or the channels change, or where sound is missing.

    Samples that are no numbers reach no engine, since a filter would never forget them.
    """

    def __init__(self, making: Making) -> None:
        self._making = making
        self._session: Session[Audio, Audio] | None = None
        self._last: Audio | None = None

    def feed(self, audio: Audio) -> list[Audio]:
        """The next chunk; gives what is ready."""
        audio = Audio(mended(audio.samples), audio.sample_rate, audio.start)
        ready = [] if self._last is None or _follows(self._last, audio) else self.flush()
        self._last = Audio(audio.samples[:, :0].copy(), audio.sample_rate, audio.end)  # its shape and its end
        with self._making.loaded.exclusive():
            if self._session is None:
                self._session = opened(self._making)
            return [*ready, *self._session.feed(audio)]

    def flush(self) -> list[Audio]:
        """The stream is over, or breaks off; gives what was held back."""
        if (session := self._session) is None:
            return []
        self._session = None
        with self._making.loaded.exclusive():
            return list(session.flush())


def _follows(last: Audio, audio: Audio) -> bool:
    same = (last.sample_rate, last.channels) == (audio.sample_rate, audio.channels)
    return same and abs(audio.start - last.end) <= JUMP


LIFT = Lift(make, Params, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.AUDIO}))
