"""Plain text: a line for each segment, with the name where the speaker changes, and the second text beneath."""

from __future__ import annotations

from ..types import Recording
from .options import TextOptions
from .text import flat
from .tracks import second, written


def write(recording: Recording, options: TextOptions) -> bytes:
    """The recording as plain text."""
    under = second(recording, options)
    lines = []
    before = None
    for segment in written(recording, options):
        if not (text := flat(segment.text)):
            continue
        changed = options.speakers and segment.speaker and segment.speaker != before
        lines.append(f"{flat(segment.speaker)}: {text}\n" if changed and segment.speaker else f"{text}\n")
        if segment.id in under:
            lines.append(f"{flat(under[segment.id].text)}\n")
        before = segment.speaker
    return "".join(lines).encode()
