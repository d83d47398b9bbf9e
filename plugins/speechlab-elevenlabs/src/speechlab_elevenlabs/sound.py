"""Sound as the service sends and takes it: PCM and mp3 to samples while they arrive, samples to PCM and FLAC."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import av
import numpy as np
import soundfile

from speechlab import Audio, Samples

FIRST, THEN = 0.4, 2.0
"""Seconds of the first piece, so that it is heard soon, and of the others, so that there are few."""
FULL = 32768.0


def audio(sound: Iterable[bytes], output_format: str) -> Iterator[Audio]:
    """Bytes in one of the service's formats, as pieces that follow each other."""
    codec, rate = output_format.split("_")[0], int(output_format.split("_")[1])
    decoder: Decoder = Mp3() if codec == "mp3" else Pcm()
    waiting: list[Samples] = []
    given = 0

    def piece() -> Audio:
        nonlocal given
        samples = np.concatenate(waiting)
        waiting.clear()
        made = Audio(samples, rate, given / rate)
        given += len(samples)
        return made

    for data in sound:
        waiting.append(decoder.feed(data))
        if sum(map(len, waiting)) >= (THEN if given else FIRST) * rate:
            yield piece()
    waiting.append(decoder.flush())
    if any(map(len, waiting)):
        yield piece()


class Decoder(Protocol):
    """Bytes to samples, cut anywhere."""

    def feed(self, data: bytes) -> Samples: ...

    def flush(self) -> Samples: ...


class Pcm:
    """16 bits a sample, little-endian."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Samples:
        """The samples that are whole."""
        data = self._held + data
        whole = len(data) // 2 * 2
        self._held = data[whole:]
        return (np.frombuffer(data[:whole], "<i2") / FULL).astype(np.float32)

    def flush(self) -> Samples:
        """Half a sample is none."""
        return np.zeros(0, np.float32)


class Mp3:
    """Frames of MPEG audio, decoded as soon as each is whole."""

    def __init__(self) -> None:
        self._codec: Any = av.CodecContext.create("mp3float", "r")

    def feed(self, data: bytes) -> Samples:
        """The samples of the frames that are whole."""
        return self._decoded(self._codec.parse(data))

    def flush(self) -> Samples:
        """The rest."""
        return np.concatenate([self._decoded(self._codec.parse(b"")), self._decoded([None])])

    def _decoded(self, packets: Iterable[Any]) -> Samples:
        frames = [frame.to_ndarray() for packet in packets for frame in self._codec.decode(packet)]
        mono = [frame.mean(axis=0, dtype=np.float32) for frame in frames]
        return np.clip(np.concatenate(mono), -1.0, 1.0) if mono else np.zeros(0, np.float32)


def pcm16(sound: Audio) -> bytes:
    """One channel, 16 bits a sample, little-endian."""
    whole: bytes = (np.clip(sound.mono, -1.0, 1.0) * (FULL - 1)).round().astype("<i2").tobytes()
    return whole


def flac(sound: Audio) -> bytes:
    """One channel as a FLAC file: half as much to send, and nothing lost."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(sound.mono, -1.0, 1.0), sound.sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()
