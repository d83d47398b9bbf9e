"""Which files a browser plays, and seeks in to the word."""

from __future__ import annotations

from collections.abc import Mapping

from ..media import MediaInfo

PLAYED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "wav": ("audio/wav", ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le")),
    "flac": ("audio/flac", ("flac",)),
    "ogg": ("audio/ogg", ("vorbis", "opus", "flac")),
    "mov,mp4,m4a,3gp,3g2,mj2": ("audio/mp4", ("aac", "flac", "opus")),
    "aac": ("audio/aac", ("aac",)),
    "matroska,webm": ("audio/webm", ("vorbis", "opus")),
}
"""FFmpeg's name of a container: its MIME type, and how the sound in it may be coded."""


def browser_type(file: MediaInfo) -> str | None:
    """The MIME type under which browsers play a file and seek in it exactly; None: give them a copy of the sound.

    MP3 is not among them: where its bit rate varies, Chromium guesses from the size where a time lies, and a click
    on a word is heard seconds away from it.

    >>> browser_type(MediaInfo(duration=9.0, sample_rate=44100, channels=2, codec="mp3", format="mp3"))
    """
    mime, codecs = PLAYED.get(file.format, ("", ()))
    return mime if file.codec in codecs else None
