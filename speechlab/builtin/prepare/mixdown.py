"""One channel made of several."""

from __future__ import annotations

from collections.abc import Iterator

from ...engines import Context
from ...errors import AudioError
from ...params import Params
from ...types import Audio
from .cards import MixdownOptions


class Mixdown:
    """Opens sessions; there is nothing to load."""

    def __init__(self, params: Params, context: Context) -> None: ...

    def open(self, options: MixdownOptions) -> MixdownSession:
        return MixdownSession(options.channel)


class MixdownSession:
    """Remembers nothing. Raises AudioError where the channel that is asked for is not there."""

    def __init__(self, channel: int | None) -> None:
        self._channel = channel

    def feed(self, audio: Audio) -> Iterator[Audio]:
        if self._channel is None:
            yield Audio(audio.mono, audio.sample_rate, audio.start)
        elif self._channel < audio.channels:
            yield audio.channel(self._channel)
        else:
            raise AudioError(
                f"the sound has {audio.channels} channel{'s' * (audio.channels != 1)}, "
                f"so there is no channel {self._channel}",
                hint="channels are counted from 0; a run mixes them before, unless it is told which channel to take",
            )

    def flush(self) -> Iterator[Audio]:
        yield from ()
