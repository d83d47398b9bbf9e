"""WebVTT subtitles (.vtt), with speakers as voice tags and, if wanted, the time of each word."""

from __future__ import annotations

from ..types import Recording
from .clock import clock
from .cues import Cue, cues
from .direction import led
from .options import SubtitleOptions
from .text import flat

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_HIGHLIGHT = "STYLE\n::cue(:future) {\n  color: silver;\n}\n"


def write(recording: Recording, options: SubtitleOptions) -> bytes:
    """The recording as WebVTT subtitles."""
    header = ["WEBVTT\n", *([_HIGHLIGHT] if options.highlight_words else [])]
    return "\n".join([*header, *(_block(cue, options) for cue in cues(recording, options))]).encode()


def _block(cue: Cue, options: SubtitleOptions) -> str:
    voice = f"<v {flat(cue.speaker).translate(_ESCAPES)}>" if options.speakers and cue.speaker else ""
    times = dict(enumerate(cue.onsets)) if options.highlight_words else {}
    told = cue.start

    def mark(text: str, index: int) -> str:
        nonlocal told
        onset = times.get(index, told)
        stamp = f"<{clock(onset)}>" if told < onset < cue.end else ""  # the format wants them to grow
        told = max(told, onset)
        return stamp + text.translate(_ESCAPES)

    text = cue.text(mark=mark, led=led) + cue.beneath(mark=mark, led=led)
    return f"{clock(cue.start)} --> {clock(cue.end)}\n{voice}{text}\n"
