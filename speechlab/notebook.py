"""Values that show themselves in a notebook: a recording to click through, a transcript to read, sound to hear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from . import player
from .errors import EngineUnavailable
from .types import Audio, Recording, Segment, Transcript

LINES = 12
"""Segments that the plain text of a transcript shows."""
GLANCE = 600.0
"""Seconds of an ``Audio`` that are kept when it merely shows itself."""


def show(
    recording: Recording, audio: str | Path | Audio | None = None, *, title: str = "", minutes: float = 60.0
) -> None:
    """Show a recording in the notebook with the sound it was made from, since a recording itself holds none.

    The sound is kept in the notebook, so that it plays wherever that is opened: a small file as it is, else a copy
    of the first ``minutes``. Raises AudioError where the sound cannot be read.
    """
    try:
        page: Any = import_module("IPython.display")
    except ImportError as error:
        raise EngineUnavailable("IPython is not installed", hint="pip install ipython") from error
    page.display(page.HTML(recording_html(recording, audio, title=title, minutes=minutes)))


def recording_html(
    recording: Recording | None, audio: str | Path | Audio | None = None, *, title: str = "", minutes: float = 60.0
) -> str:
    """What :func:`show` shows, as HTML that needs nothing beside it, or a file. Recording None: the sound alone."""
    if audio is None:
        return player.standalone(player.player_html(recording, title=title))
    sound = player.embedded(audio, minutes * 60)
    if not title and not isinstance(audio, Audio):
        title = Path(audio).name
    note = f"only the first {player.stamp(minutes * 60)} can be heard" if sound.cut else ""
    html = player.player_html(recording, audio_src=sound.src, peaks=sound.peaks, title=title, note=note)
    return player.standalone(html)


def transcript_html(transcript: Transcript) -> str:
    """A transcript to read, search and copy."""
    return recording_html(Recording(transcript=transcript))


def audio_html(audio: Audio) -> str:
    """Sound to hear, with its waveform."""
    if not audio.frames:
        return f"<p>{escape(repr(audio))}</p>"
    return recording_html(None, audio, title=f"{audio.sample_rate / 1000:g} kHz", minutes=GLANCE / 60)


def recording_text(recording: Recording) -> str:
    """A recording in a terminal: what it is, and how it begins."""
    transcript = recording.transcript
    seconds = max([recording.duration, *(segment.end for segment in transcript)])
    facts = [player.stamp(seconds), f"{len(transcript.spoken)} segments"]
    facts += [transcript.language] if transcript.language else []
    facts += [f"also in {', '.join(recording.translations)}"] if recording.translations else []
    return f"Recording ({'; '.join(facts)})\n{_lines(transcript)}".rstrip()


def transcript_text(transcript: Transcript) -> str:
    """A transcript in a terminal: its first segments, one a line; suspected ones are left out."""
    return f"Transcript ({len(transcript.spoken)} segments)\n{_lines(transcript)}".rstrip()


def transcript_markdown(transcript: Transcript) -> str:
    """A transcript in a document made from the notebook, where no script runs; suspected segments are left out."""
    return "\n\n".join(
        f"`{player.stamp(segment.start)}` " + re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", _said(segment))
        for segment in transcript.spoken
    )


HTML: Mapping[type, Callable[[Any], str]] = {
    Audio: audio_html,
    Recording: recording_html,
    Transcript: transcript_html,
}
MARKDOWN: Mapping[type, Callable[[Any], str]] = {
    Recording: lambda recording: transcript_markdown(recording.transcript),
    Transcript: transcript_markdown,
}
TEXT: Mapping[type, Callable[[Any], str]] = {Recording: recording_text, Transcript: transcript_text}


def register(ip: Any) -> None:
    """Make the values show themselves in an IPython shell: as HTML in a notebook, as text in a terminal."""
    formatters = ip.display_formatter.formatters
    for mime, shown in (("text/html", HTML), ("text/markdown", MARKDOWN)):
        for kind, written in shown.items():
            formatters[mime].for_type(kind, written)
    for kind, written in TEXT.items():
        formatters["text/plain"].for_type(kind, _printed(written))


def load_ipython_extension(ip: Any) -> None:
    """For ``%load_ext speechlab.notebook``."""
    register(ip)


def _printed(written: Callable[[Any], str]) -> Callable[[Any, Any, bool], None]:
    return lambda value, printer, cycle: printer.text(written(value))


def _lines(transcript: Transcript) -> str:
    spoken = transcript.spoken.segments
    more = [f"... and {len(spoken) - LINES} more"] if len(spoken) > LINES else []
    return "\n".join([*(f"{player.stamp(s.start)}  {_said(s)}" for s in spoken[:LINES]), *more])


def _said(segment: Segment) -> str:
    text = segment.text.strip()
    return f"{segment.speaker}: {text}" if segment.speaker else text
