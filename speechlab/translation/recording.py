"""A written text as a recording without sound, so that it is translated, shown and written as one."""

from __future__ import annotations

from collections import Counter

from ..types import Recording, Segment, Transcript
from .sentences import sentences

LONG = 200
"""Characters from which on the sentences of a line are segments of their own."""


def as_recording(text: str, language: str | None = None) -> Recording:
    """The text as segments, all at time 0: one for each line that is not empty, of a long line one for each sentence.
    Each tells in ``extra`` on which ``line`` of the text it stands, counted from 0.

    >>> [segment.text for segment in as_recording("Hello.\\n\\nHow are you?").transcript]
    ['Hello.', 'How are you?']
    """
    lines = [(at, line) for at, line in enumerate(text.splitlines()) if line.strip()]
    parts = [
        (at, part.strip())
        for at, line in lines
        for part in (sentences(line, language) if len(line) > LONG else [line])
        if part.strip()
    ]
    segments = [
        Segment(0.0, 0.0, text=part, id=f"t{number:06d}", language=language, extra={"line": at})
        for number, (at, part) in enumerate(parts)
    ]
    return Recording(transcript=Transcript(tuple(segments), language))


def spoken(recording: Recording) -> str | None:
    """The language that most of a recording is in: as heard or told, else as it was translated from before."""
    if recording.transcript.language:
        return recording.transcript.language
    routes = (segment.extra.get("route") for track in recording.translations.values() for segment in track)
    sources = Counter(route[0]["source"] for route in routes if route and route[0].get("source"))
    return sources.most_common(1)[0][0] if sources else None
