"""SubRip subtitles (.srt). The format has no escape and no speakers: names stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from ..types import Recording
from .clock import clock
from .cues import Cue, cues
from .direction import embedded
from .options import SubtitleOptions
from .text import wide

_MARKUP = "<>{}"


def write(recording: Recording, options: SubtitleOptions) -> bytes:
    """The recording as SubRip subtitles."""
    blocks = [
        block
        for cue in cues(recording, options, named=options.speakers)
        for block in (_marked(cue) if options.highlight_words else _plain(cue))
    ]
    return "\n".join(f"{number}\n{block}\n" for number, block in enumerate(blocks, start=1)).encode()


def _plain(cue: Cue) -> Iterator[str]:
    yield _block(cue, cue.start, cue.end, lambda text, index: wide(text, _MARKUP))


def _marked(cue: Cue) -> Iterator[str]:
    """The cue once for each word, which is underlined while it is spoken, as openai-whisper does it."""
    onsets = cue.onsets
    for spoken, (start, end) in enumerate(pairwise([cue.start, *onsets[1:], cue.end])):

        def mark(text: str, index: int, spoken: int = spoken) -> str:
            return f"<u>{wide(text, _MARKUP)}</u>" if index == spoken else wide(text, _MARKUP)

        if end > start:
            yield _block(cue, start, end, mark)


def _block(cue: Cue, start: float, end: float, mark: Callable[[str, int], str]) -> str:
    text = cue.text(mark=mark, led=embedded) + cue.beneath(mark=mark, led=embedded)
    return f"{clock(start, point=',')} --> {clock(end, point=',')}\n{text}"
