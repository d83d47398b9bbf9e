"""Where the sound of ``speechlab live`` comes from, but for the microphone: a pipe of samples, or a recording."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Protocol

from ..errors import AudioError, ConfigError
from ..live import MOST_AHEAD, LiveSession
from ..live.replay import chunks
from ..media import probe
from ..rest.pcm import Pcm
from ..types import Samples

BLOCK = 6400
"""Bytes that are read at once at most: a fifth of a second of sound at 16 kHz."""
BREATH = 0.05
"""Seconds between two looks at whether a session that was given too much has caught up."""
FILES = (b"RIFF", b"OggS", b"fLaC", b"ID3")
"""How files begin that somebody may take for bare samples."""
TRY = "ffmpeg -i talk.mp3 -f s16le -ac 1 -ar 16000 - | speechlab live -"


class Source(Protocol):
    """Where sound comes from."""

    @property
    def waits(self) -> bool:
        """Whether it can wait until what it gave is heard."""

    def open(self, note: Callable[[str], None]) -> AbstractContextManager[Iterator[Samples]]:
        """Listen: 16 kHz, mono, as it comes. ``note`` is told what the user should know. Raises SpeechLabError."""


class Pipe:
    """Samples piped in: PCM16, the low byte first, mono."""

    waits = True

    def __init__(self, sample_rate: int, stream: BinaryIO | None = None) -> None:
        """Raises ConfigError where nothing is piped in, or no sound has that rate."""
        self._stream = stream or standard_input()
        self._pcm = Pcm(sample_rate=sample_rate)

    def open(self, note: Callable[[str], None]) -> AbstractContextManager[Iterator[Samples]]:
        """Each block as soon as it comes; raises AudioError for what is a file."""
        return nullcontext(decoded(self._blocks(), self._pcm))

    def _blocks(self) -> Iterator[bytes]:
        start = b""
        while len(start) < 4 and (data := self._stream.read(BLOCK)):
            start += data
        if start.startswith(FILES):
            raise AudioError("what comes through the pipe is a file, not bare samples", hint=f"decode it: {TRY}")
        yield start
        while data := self._stream.read(BLOCK):
            yield data


class Replay:
    """A recording, each stretch of it when it would have been heard; or all of it as fast as it is heard."""

    waits = True

    def __init__(
        self,
        path: Path,
        *,
        real_time: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises AudioError where it is none."""
        probe(path)
        self._path, self._real_time, self._clock, self._sleep = path, real_time, clock, sleep

    def open(self, note: Callable[[str], None]) -> AbstractContextManager[Iterator[Samples]]:
        """Its sound; raises AudioError where it is broken."""
        return nullcontext(self._samples())

    def _samples(self) -> Iterator[Samples]:
        began = self._clock()
        for audio in chunks(self._path):
            if self._real_time:
                self._sleep(max(0.0, began + audio.end - self._clock()))
            yield audio.mono


class Hearing(threading.Thread):
    """Gives a session its sound until there is no more, or somebody wants to stop."""

    def __init__(self, session: LiveSession, sound: Iterable[Samples], *, waits: bool) -> None:
        super().__init__(name="live sound", daemon=True)
        self.failure: Exception | None = None
        """Why the sound broke off."""
        self._session, self._sound, self._waits = session, sound, waits
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            for samples in self._sound:
                self._session.feed(samples)
                while self._waits and self._session.ahead > MOST_AHEAD and not self._stopping.wait(BREATH):
                    pass
                if self._stopping.is_set() or self._session.over.done():
                    break
        except Exception as error:
            self.failure = error
        finally:
            self._session.finish()

    def stop(self) -> None:
        """Hear no more."""
        self._stopping.set()
        self._session.finish()


def standard_input() -> BinaryIO:
    """What is piped in, unbuffered: each read gives what is there. Raises ConfigError where nothing is."""
    if sys.stdin.isatty():
        raise ConfigError("nothing is piped in", hint=f"such as: {TRY}")
    try:
        # A thread that waits inside the buffer of sys.stdin would keep the interpreter from ending.
        return open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    except io.UnsupportedOperation:  # what stands there is no file
        return sys.stdin.buffer


def decoded(blocks: Iterable[bytes], pcm: Pcm) -> Iterator[Samples]:
    """Blocks of PCM as samples at 16 kHz; a block may end within a sample."""
    half = b""
    for block in blocks:
        block = half + block
        whole = len(block) - len(block) % 2
        half = block[whole:]
        yield pcm.feed(block[:whole])
    yield pcm.flush()
