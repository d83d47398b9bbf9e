"""Lyrics with times (.lrc): a line for each subtitle, an empty one where a long silence begins."""

from __future__ import annotations

from itertools import zip_longest

from ..types import Recording
from .cues import Cue, cues
from .options import LyricsOptions
from .text import wide

SILENCE = 2.0
"""Seconds without a subtitle after which the last one is taken away."""
_MARKUP = "[]<>"


def write(recording: Recording, options: LyricsOptions) -> bytes:
    """The recording as lyrics with times."""
    shown = cues(recording, options, named=options.speakers)
    lines = []
    for cue, after in zip_longest(shown, shown[1:]):
        lines += [f"[{_time(cue.start)}]{text}\n" for text in _texts(cue, options) if text]
        if after is None or after.start - cue.end >= SILENCE:
            lines.append(f"[{_time(cue.end)}]\n")
    return "".join(lines).encode()


def _texts(cue: Cue, options: LyricsOptions) -> tuple[str, str]:
    """The text and the second one, which players show beneath if it has the same time."""

    def mark(text: str, index: int) -> str:
        time = f"<{_time(cue.onsets[index])}>" if options.highlight_words and index >= 0 else ""
        return time + wide(text, _MARKUP)

    return cue.text(" ", mark), cue.beneath(" ", mark).lstrip()


def _time(seconds: float) -> str:
    """Minutes (beyond 60 too), seconds and hundredths, which is all that the format knows."""
    minutes, hundredths = divmod(round(seconds * 100), 6000)
    return f"{minutes:02}:{hundredths // 100:02}.{hundredths % 100:02}"
