"""SubStation Alpha (.ass, .ssa): a line of fields for each cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .cue import FileCue, flowing
from .styling import Markup

_SECTION = re.compile(r"[ \t]*\[(.+?)\]")
_TIME = re.compile(r"(\d+):(\d+):(\d+)[.:](\d+)")
_DRAWING = re.compile(r"\{[^}]*\\p[1-9]")
_PLACED = re.compile(r"\\(?:pos|move|an?\d|clip|iclip|org)[^\\}]*")
FIELDS = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"]


def station(text: str, markup: Markup) -> Iterator[FileCue]:
    """The cues of a file, in its order. Comments and drawings are none."""
    events, fields, at = False, FIELDS, 0
    for line in text.splitlines(keepends=True):
        if section := _SECTION.match(line):
            events = section.group(1).strip().lower() == "events"
        key, colon, value = line.partition(":")
        match key.strip().lower() if events and colon else "":
            case "format":
                fields = [field.strip().lower() for field in value.split(",")]
            case "dialogue" if cue := _cue(value, at + len(key) + 1, fields, markup):
                yield cue
            case _:
                pass
        at += len(line)


def _cue(value: str, at: int, fields: list[str], markup: Markup) -> FileCue | None:
    parts = value.rstrip("\r\n").split(",", len(fields) - 1)
    told = dict(zip(fields, parts, strict=False))
    start, end = (_TIME.match(told.get(name, "").strip()) for name in ("start", "end"))
    payload = told.get("text")
    if start is None or end is None or payload is None or _DRAWING.search(payload):
        return None
    styled = markup.read(payload)
    begin, first = _seconds(start), at + sum(len(part) + 1 for part in parts[:-1])
    return FileCue(
        start=begin,
        end=max(begin, _seconds(end)),
        text=flowing(styled.lines),
        first=first,
        last=first + len(payload),
        before=styled.before,
        after=styled.after,
        speaker=told.get("name", told.get("actor", "")).strip() or None,
        style=" ".join([told.get("style", "").strip(), *_PLACED.findall(payload)]),
    )


def _seconds(time: re.Match[str]) -> float:
    hours, minutes, seconds = map(int, time.group(1, 2, 3))
    return ((hours * 60 + minutes) * 60 + seconds) + int(time.group(4)) / float(10 ** len(time.group(4)))
