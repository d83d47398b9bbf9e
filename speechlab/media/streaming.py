"""Encode sound while it comes: what is fed is given back as the bytes of a file that is read while it is written."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import numpy as np

from ..closing import closes
from ..errors import ConfigError
from ..types import Audio
from .resampling import fit
from .writing import encode

STREAMABLE = {
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "opus": ("ogg", "libopus", "audio/ogg"),
    "aac": ("adts", "aac", "audio/aac"),
    "flac": ("flac", "flac", "audio/flac"),
    "wav": ("wav", "pcm_s16le", "audio/wav"),
    "ogg": ("ogg", "libopus", "audio/ogg"),
    "pcm": ("s16le", "pcm_s16le", "audio/pcm"),
}
"""For each format FFmpeg's names of container and codec, and the type by which the web knows it."""
RATE = 24_000
"""Hz of what has no header to tell it, and of what the codec cannot hold as it is."""
BITS = 64_000
"""Bits a second of the codecs that lose some: speech needs no more in one channel."""
PAGE = {"page_duration": "100000"}
"""Microseconds of an Ogg page: it is sent once it is full."""
OPTIONS = {"mp3": {"write_xing": "0"}, "opus": PAGE, "ogg": PAGE}
"""What the muxers are told: a header that is rewritten at the end cannot be in a stream."""
WHOLE = frozenset({"flac"})
"""The length stands at the beginning, and many programs read nothing without it: all comes at the end."""


def streaming(pieces: Iterable[Audio], format: str, *, comment: str = "") -> Generator[bytes, None, None]:
    """The bytes of each piece as soon as it is encoded, mono; of flac all at the end. Pieces follow each other, at one
    rate. Close it to stop.

    The ``comment`` stands in the file where the format has a place for it: not in aac and pcm. Raises ConfigError for a
    format that cannot be streamed, when the first bytes are asked for.
    """
    if format not in STREAMABLE:
        raise ConfigError(f"sound cannot be streamed as {format!r}", hint=f"choose one of {', '.join(STREAMABLE)}")
    if format in WHOLE:
        yield encode(pieces, format, comment=comment)
        return
    import av

    kind, codec, _ = STREAMABLE[format]
    rates = av.Codec(codec, "w").audio_rates
    out = _Out()
    with closes(pieces), av.open(out, "w", format=kind, options=OPTIONS.get(format, {})) as container:
        if comment:
            container.metadata["comment"] = comment
        stream: Any = None
        at = 0
        for piece in pieces:
            if not piece.frames:
                continue
            if stream is None:
                rate = RATE if format == "pcm" or (rates and piece.sample_rate not in rates) else piece.sample_rate
                stream = container.add_stream(codec, rate=rate, layout="mono")
                stream.bit_rate = BITS
            samples = np.clip(fit(piece, rate).mono, -1.0, 1.0)
            frame = av.AudioFrame.from_ndarray((samples[None, :] * 32767).astype(np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = rate, at
            at += len(samples)
            container.mux(stream.encode(frame))
            if data := out.taken():
                yield data
        if stream is not None:
            container.mux(stream.encode(None))
    if data := out.taken():  # the end of the container
        yield data


class _Out:
    """What FFmpeg writes to; as it cannot be gone back in, nothing that is taken will be changed."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since it was last asked for."""
        data = b"".join(self._held)
        self._held.clear()
        return data
