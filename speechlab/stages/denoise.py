"""Denoising as a stage: cleaned sound for the ear beside the sound that is recognised, on the same timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from ..engines import Session
from ..params import Params
from ..types import Audio, AudioChunk, Event, HeardChunk
from .base import Flow, Lift, Making, Scope, Stage
from .hearing import opened, through_session
from .listening import RESTARTED, through_listener
from .tape import Tape

Recognise = Literal["raw", "clean", "better"]


class DenoiseStage(Params):
    """The host's own options around every denoiser."""

    recognise: Recognise = "raw"
    """Which sound is recognised: the sound as it was, since recognisers lose more by what a denoiser takes along with
    the noise than they gain, and the cleaned one is for the ear alone (raw); the cleaned one (clean); or both, of which
    that text is kept, clip by clip, of which the recogniser is surer (better), which takes twice as long. Live, better
    is raw."""

    wet: Annotated[float, Field(ge=0, le=1)] = 1.0
    """How much of the cleaned sound is in what comes out; the rest is the sound as it was."""
    attenuation_limit_db: Annotated[float, Field(ge=0, le=100)] | None = None
    """Most decibels that are taken away: a bed of noise stays, and speech is hurt less. Empty for no limit."""

    @property
    def parts(self) -> bool:
        """Whether there are two tracks after it: what is recognised, and what is for the ear."""
        return self.recognise != "clean"

    @property
    def share(self) -> float:
        """The cleaned sound's part in the mix, from 0 to 1; both options come to that."""
        limit = self.attenuation_limit_db
        return self.wet * (1 - (0.0 if limit is None else 10 ** (-limit / 20)))


def make(making: Making) -> Stage:
    """A stage that tells what the denoiser makes of each chunk, for the ear or in the chunk's place."""
    parts = making.lift.parts
    track = HeardChunk if making.heard else AudioChunk
    tell = partial(cleaned, HeardChunk if making.heard or parts else AudioChunk)
    replaces = making.heard or not parts
    if making.live:
        return through_listener(making, tell, lambda audio: audio.end, mixing, track=track, replaces_sound=replaces)
    return through_session(making, tell, mixing, track=track, replaces_sound=replaces, mono=False)


def cleaned(track: type[AudioChunk] | type[HeardChunk], answer: Any) -> Iterator[Event]:
    """Clean sound as an event."""
    if answer is not RESTARTED:  # a new session goes on where the clean sound ended
        yield track(answer)


def mixing(making: Making) -> Mixing:
    """A session of the engine with the host's options around it."""
    return Mixing(lambda: opened(making), making.lift.share)


class Mixing:
    """Cleans each channel in a session of its own, and mixes the sound as it was with the cleaned one.

    Sessions may lag: the sound waits on a tape for its clean twin. Samples that are no numbers reach no engine, since
    one would spoil all that a network remembers.
    """

    def __init__(self, open_session: Callable[[], Session[Audio, Audio]], share: float) -> None:
        """``share`` is the cleaned sound's part in the mix."""
        self._open, self._share = open_session, share
        self._channels: list[tuple[Session[Audio, Audio], Tape]] = []
        self._raw = Tape()

    def feed(self, audio: Audio) -> Iterator[Audio]:
        """The next chunk; gives what the engine is done with."""
        finite = np.nan_to_num(audio.samples, posinf=1.0, neginf=-1.0)
        audio = Audio(finite, audio.sample_rate, audio.start)
        if not self._channels:
            self._channels = [(self._open(), Tape()) for _ in range(audio.channels)]
        self._raw.append(audio)
        for number, (session, tape) in enumerate(self._channels):
            for part in session.feed(audio.channel(number)):
                tape.append(part)
        yield from self._mixed()

    def flush(self) -> Iterator[Audio]:
        """The stream is over; gives the rest."""
        for session, tape in self._channels:
            for part in session.flush():
                tape.append(part)
        yield from self._mixed()

    def _mixed(self) -> Iterator[Audio]:
        frames = min((tape.frames for _, tape in self._channels), default=0)
        if not frames:
            return
        if frames > self._raw.frames:
            raise ValueError(f"more came out than went in, by {frames - self._raw.frames} samples")
        clean = np.concatenate([tape.first(frames).samples for _, tape in self._channels])
        raw = self._raw.first(frames)  # it tells where on the timeline they lie
        mixed = raw.samples + np.float32(self._share) * (clean - raw.samples) if self._share < 1 else clean
        yield Audio(mixed, raw.sample_rate, raw.start)


LIFT = Lift(make, DenoiseStage, Scope.STREAM, needs=frozenset({Flow.AUDIO}), gives=frozenset({Flow.AUDIO}))
