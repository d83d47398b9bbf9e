"""Tables of segments: tab-separated as openai-whisper writes them, and comma-separated for spreadsheets."""

from __future__ import annotations

import csv
import io

from ..types import Recording
from .clock import milliseconds
from .options import TrackOptions
from .text import flat
from .tracks import beside, written


def write_tsv(recording: Recording, options: TrackOptions) -> bytes:
    """Start and end in milliseconds, and text."""
    lines = ["start\tend\ttext\n"]
    for segment in written(recording, options):
        lines.append(f"{milliseconds(segment.start)}\t{milliseconds(segment.end)}\t{flat(segment.text)}\n")
    return "".join(lines).encode()


def write_csv(recording: Recording, options: TrackOptions) -> bytes:
    """Id, start and end in seconds, speaker, language, text, and each translation under its language."""
    translations = beside(recording, options)
    segments = written(recording, options)
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(["id", "start", "end", "speaker", "language", "text", *translations])
    for segment in segments:
        rows.writerow(
            [
                segment.id,
                f"{segment.start:.3f}",
                f"{segment.end:.3f}",
                segment.speaker or "",
                segment.language or segments.language or "",
                segment.text.strip(),
                *(texts.get(segment.id, "").strip() for texts in translations.values()),
            ]
        )
    return table.getvalue().encode()
