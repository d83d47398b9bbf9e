"""SubRip and WebVTT: blocks of a line with times and of the words beneath it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .cue import FileCue, flowing
from .styling import Markup

_TIMES = re.compile(
    r"(?:\A|(?<=[\r\n]))[ \t]*(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?[ \t]*-->"
    r"[ \t]*(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?([^\r\n]*)(?:\r\n|\r|\n|\Z)",
)
_NUMBER = re.compile(r"(?:^|(?<=[\r\n]))[ \t]*\d+[ \t]*(?:\r\n|\r|\n)\Z")
_BLANK = re.compile(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)")


def subrip(text: str, markup: Markup) -> Iterator[FileCue]:
    """The cues of a SubRip file. Words go on up to the next times, since some files have empty lines among them."""
    found = list(_TIMES.finditer(text))
    for times, after in pairwise([*found, None]):
        assert times is not None
        payload = text[times.end() : after.start() if after else len(text)]
        if after:
            payload = payload[: number.start()] if (number := _NUMBER.search(payload)) else payload
        yield _cue(times, payload, markup)


def webvtt(text: str, markup: Markup) -> Iterator[FileCue]:
    """The cues of a WebVTT file. Words end with the first empty line; what is no cue is passed over."""
    for times in _TIMES.finditer(text):
        if text[times.end() : times.end() + 1] in ("\r", "\n"):
            continue
        end = _BLANK.search(text, times.end())
        yield _cue(times, text[times.end() : end.start() if end else len(text)], markup)


def _cue(times: re.Match[str], payload: str, markup: Markup) -> FileCue:
    start, end = _seconds(*times.group(1, 2, 3, 4)), _seconds(*times.group(5, 6, 7, 8))
    first = times.end() + len(payload) - len(payload.lstrip())
    styled = markup.read(payload.strip())
    return FileCue(
        start=start,
        end=max(start, end),
        text=flowing(styled.lines),
        first=first,
        last=first + len(payload.strip()),
        before=styled.before,
        after=styled.after,
        speaker=styled.speaker,
        style=times.group(9).strip(),
    )


def _seconds(hours: str | None, minutes: str, seconds: str, parts: str | None) -> float:
    """Seconds; as whole milliseconds first, so that they are written again as they were."""
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return (whole * 1000 + int((parts or "0").ljust(3, "0"))) / 1000
