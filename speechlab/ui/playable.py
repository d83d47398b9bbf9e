"""Sound that a browser plays and seeks in: the file itself where it can, else a copy made once."""

from __future__ import annotations

import threading
from pathlib import Path

from ..media import MediaInfo, probe, read, write

TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "matroska,webm": "audio/webm",
}
"""FFmpeg's containers that browsers play, and what to call them."""
CODECS = frozenset(
    {"mp3", "aac", "opus", "vorbis", "flac", "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"}
)
RATE = 24_000
"""Hz of a copy: all of speech, at half the size."""
_making = threading.Lock()


def playable(path: Path) -> tuple[Path, str]:
    """The file to play and its media type; a copy lies beside the original. Raises AudioError."""
    info = probe(path)
    if _plays(info):
        return path, TYPES[info.format]
    copy = path.with_name(f"{path.name}.listen.flac")
    with _making:  # a player asks several times at once
        if not copy.exists():
            write(read(path, sample_rate=min(RATE, info.sample_rate), mono=True), copy)
    return copy, "audio/flac"


def _plays(info: MediaInfo) -> bool:
    """Whether a browser plays it; without a duration, as in what a browser records, it cannot seek."""
    return info.format in TYPES and info.codec in CODECS and info.duration is not None
