"""Sound put into the page itself, so that it plays wherever the page is opened."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import media
from ..closing import closes
from ..types import Audio
from .peaks import Peaks, Waveform
from .sound import browser_type

AS_IT_IS = 16_000_000
"""Bytes of the largest file that is put into a page as it is."""
UNCOMPRESSED = 2_000_000
"""Bytes of the longest sound that is put there as 16-bit wav; what is longer is compressed."""
COMPRESSED_RATE = 24_000
"""Hz that compressed sound keeps at most: more than speech needs."""
CHUNK = 10.0
"""Seconds in hand at once."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Sound as a data address, and what a player shows of it."""

    src: str
    peaks: Waveform
    cut: bool
    """Whether the sound goes on after what is here."""


def embedded(sound: str | Path | Audio, seconds: float = 3600.0) -> Embedded:
    """A recording's sound for a page: a small file as it is where browsers play it, else a mono copy.

    Of a copy no more than ``seconds`` are made; an hour takes about 20 MB. Raises AudioError where there is none.
    """
    peaks = Peaks()
    if isinstance(sound, Audio):
        total: float | None = sound.duration
        rate = sound.sample_rate
    else:
        file = media.probe(sound)
        total, rate = file.duration, file.sample_rate
        mime = browser_type(file)
        if mime and Path(sound).stat().st_size <= AS_IT_IS:
            for piece in media.read(sound, seconds=CHUNK):
                peaks.feed(piece)
            return Embedded(_address(mime, Path(sound).read_bytes()), peaks.waveform(), cut=False)
    short = total is not None and min(total, seconds) * rate * 2 <= UNCOMPRESSED
    pieces = _copied(sound, rate if short else min(rate, COMPRESSED_RATE), seconds)
    data = media.encode(_seen(pieces, peaks), "wav" if short else "ogg")
    waveform = peaks.waveform()
    cut = waveform.duration >= seconds - 1e-3 and (total is None or total > seconds)
    return Embedded(_address("audio/wav" if short else "audio/ogg", data), waveform, cut)


def _copied(sound: str | Path | Audio, rate: int, seconds: float) -> Iterator[Audio]:
    """One channel at a rate, in Hz, and no more of it than so many seconds."""
    pieces = _resampled(sound, rate) if isinstance(sound, Audio) else media.read(sound, sample_rate=rate, mono=True)
    start = None
    with closes(pieces):
        for piece in pieces:
            start = piece.start if start is None else start
            part = piece.crop(piece.start, start + seconds)
            if part.frames:
                yield part
            if part.frames < piece.frames:
                return


def _resampled(audio: Audio, rate: int) -> Iterator[Audio]:
    resampler = media.Resampler(rate)
    for chunk in audio.chunks(CHUNK):
        yield from resampler.feed(Audio(chunk.mono, chunk.sample_rate, chunk.start))
    yield from resampler.flush()


def _seen(pieces: Iterable[Audio], peaks: Peaks) -> Iterator[Audio]:
    with closes(pieces):
        for piece in pieces:
            peaks.feed(piece)
            yield piece


def _address(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
