"""Advanced SubStation Alpha subtitles (.ass), with words as karaoke if wanted."""

from __future__ import annotations

from itertools import pairwise

from ..types import Recording
from .clock import clock
from .cues import Cue, cues
from .direction import embedded
from .options import SubtitleOptions
from .text import flat, wide

_HEADER = """\
[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080
ScaledBorderAndShadow: yes
WrapStyle: 0

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
"""
_STYLE = "Style: {name},Arial,{size},{colour},&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,80,80,60,1\n"
_DEFAULT = _STYLE.format(name="Default", size=64, colour="&H00FFFFFF")
_SECOND = _STYLE.format(name="Second", size=50, colour="&H00B4E6FF")
"""For the second text: smaller, and in a pale yellow."""
_EVENTS = """
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_MARKUP = "{}\\"


def write(recording: Recording, options: SubtitleOptions) -> bytes:
    """The recording as Advanced SubStation Alpha subtitles."""
    lines = (_line(cue, options) for cue in cues(recording, options, named=options.speakers))
    styles = _DEFAULT + (_SECOND if options.second else "")
    return (_HEADER + styles + _EVENTS + "".join(lines)).encode()


def _line(cue: Cue, options: SubtitleOptions) -> str:
    beats = [round(time * 100) for time in (cue.start, *cue.onsets[1:], cue.end)]
    lengths = [end - start for start, end in pairwise(beats)]

    def mark(text: str, index: int) -> str:
        # players lay out by itself what stands between two beats: words of a text to the left would be in disorder
        beat = f"{{\\k{lengths[index]}}}" if options.highlight_words and index >= 0 and not cue.to_the_left else ""
        return beat + wide(text, _MARKUP)

    text = cue.text(r"\N", mark, embedded) + cue.beneath(r"\N{\rSecond}", mark, embedded)
    start, end = (clock(time, places=2, hours=1) for time in (cue.start, cue.end))
    speaker = flat(cue.speaker).replace(",", ";") if options.speakers and cue.speaker else ""
    return f"Dialogue: 0,{start},{end},Default,{speaker},0,0,0,,{text}\n"
