"""What was heard and nobody took: kept on disk for a week."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from ..lab import Lab
from .session import LiveSession

KEPT = 7 * 24 * 3600.0
"""Seconds after which what nobody took is deleted, as unfinished runs are."""
FORMATS = ("txt", "json")


def save(lab: Lab, session: LiveSession) -> Path | None:
    """Write the session's text, and move its sound beside it; None where nothing was said."""
    recording = session.recording()
    folder = lab.home / "live"
    tracks = (recording.transcript, *recording.translations.values())
    if not any(segment.text.strip() for track in tracks for segment in track):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{session.id[:8]}"
    for format in FORMATS:
        if format in lab.plugins.formats:
            lab.write(recording, folder / f"{stem}.{format}", format)
    if session.sound is not None and session.sound.exists():
        session.sound = session.sound.rename(folder / f"{stem}.wav")
    return folder / f"{stem}.txt"


def expire(lab: Lab, now: float) -> None:
    """Delete what has been there for a week; ``now`` is the time of day in seconds since 1970."""
    for path in (lab.home / "live").glob("*"):
        with suppress(OSError):
            if now - path.stat().st_mtime > KEPT:
                path.unlink()
