"""What a person may choose about a written file; each format takes one of these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..params import Params

ADVANCED = {"advanced": True}


class RedactOptions(Params):
    """Whether personal data is written."""

    redact: bool = False
    """Write [PERSON] for a person's name, and so on for all personal data that was found; a translation of such a
    segment is withheld. It is found by an engine such as text/presidio."""
    redact_kinds: Annotated[tuple[str, ...], Field(json_schema_extra=ADVANCED)] = ()
    """What to redact, such as PERSON or PHONE_NUMBER; empty for all that was found."""


class TrackOptions(RedactOptions):
    """Which text is written."""

    track: str | None = None
    """Language of the translation to write; without one, the transcript is written."""
    keep_suspect: bool = False
    """Also write the segments that were flagged as probably not spoken by anybody."""


class TextOptions(TrackOptions):
    """Which text is written, what stands under it, and whether it says who speaks."""

    second: str | None = None
    """Language of a translation to write under each text, or "source" for what was said; without one, a text is
    alone."""
    speakers: bool = True
    """Say who speaks, where that is known."""


class SubtitleOptions(TextOptions):
    """How text is laid out as subtitles."""

    max_line_width: Annotated[int, Field(ge=1, le=500)] | None = None
    """Longest line in characters; the wide characters of East Asia count as two. A longer word stays whole. Without it,
    as long as is usual in the language: 42, in Japanese 26."""
    max_lines: Annotated[int, Field(ge=1, le=10)] = 2
    """Most lines of one text that are shown at once."""
    max_cps: Annotated[float, Field(ge=1, le=100)] | None = None
    """Reading speed in characters per second, wide ones counting as two; a subtitle too fast to read stays longer if
    nobody speaks after it. Without it, as is usual in the language: 17, in English 20."""
    highlight_words: bool = False
    """Mark each word while it is spoken."""
    min_duration: Annotated[float, Field(ge=0, le=10, json_schema_extra=ADVANCED)] = 1.0
    """Shortest time on the screen in seconds, where the next subtitle leaves room for it."""
    max_duration: Annotated[float, Field(ge=0.1, le=60, json_schema_extra=ADVANCED)] = 7.0
    """Longest time on the screen in seconds."""
    max_pause: Annotated[float, Field(ge=0, le=60, json_schema_extra=ADVANCED)] = 1.5
    """A silence between two words longer than these seconds begins a new subtitle."""


class LyricsOptions(SubtitleOptions):
    """Subtitles of one line each."""

    max_lines: Annotated[int, Field(ge=1, le=10)] = 1
    """Most lines' worth of text that stand under one time."""


class DocumentOptions(TextOptions):
    """How a document for reading looks."""

    title: str = "Transcript"
    """The heading of the document."""
    times: bool = True
    """Write the time at which each paragraph begins."""


class RttmOptions(Params):
    """What RTTM wants to know beyond the turns."""

    uri: str = "recording"
    """Name of the recording in the second column, which scoring tools match with the reference's."""
    keep_suspect: bool = False
    """Where the speakers come from the transcript, also count segments that were probably not spoken by anybody."""
