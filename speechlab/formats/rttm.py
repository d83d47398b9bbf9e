"""Who spoke when, as Rich Transcription Time Marked lines (.rttm), which diarization tools score."""

from __future__ import annotations

import re

from ..types import Diarization, Recording, Turn, union
from .clock import milliseconds
from .options import RttmOptions


def write(recording: Recording, options: RttmOptions) -> bytes:
    """The turns of the recording; one that was not diarized has the turns that its segments tell of."""
    lines = []
    for turn in recording.diarization if len(recording.diarization) else turns(recording, options.keep_suspect):
        start, end = milliseconds(turn.start), milliseconds(turn.end)
        lines.append(
            f"SPEAKER {_field(options.uri)} 1 {start / 1000:.3f} {(end - start) / 1000:.3f} "
            f"<NA> <NA> {_field(turn.speaker)} <NA> <NA>\n"
        )
    return "".join(lines).encode()


def turns(recording: Recording, keep_suspect: bool = False) -> Diarization:
    """The turns that the speakers of the segments make."""
    transcript = recording.transcript if keep_suspect else recording.transcript.spoken
    spoken = [segment for segment in transcript if segment.speaker]
    found = [
        Turn(start=span.start, end=span.end, speaker=speaker)
        for speaker in dict.fromkeys(segment.speaker for segment in spoken if segment.speaker)
        for span in union(segment for segment in spoken if segment.speaker == speaker)
    ]
    return Diarization(tuple(sorted(found)))


def _field(text: str) -> str:
    """The text as one field: fields are separated by spaces."""
    return re.sub(r"\s+", "_", text.strip()) or "<NA>"
