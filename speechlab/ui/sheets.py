"""What is being translated on the page: a text or a recording's transcript, with a column for each language."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ..errors import ConfigError
from ..jobs import Job, Upload
from ..stages.rewording import reworded
from ..types import Recording, Segment, SegmentUpdate, Transcript
from .languages import direction

MOST = 32
"""Sheets that are kept for one visitor; of more, the one that was not used for longest is forgotten."""
LONGEST = 1_000_000
"""Characters of a text that the page takes."""
LINE = "line"
"""Where a segment of a written text tells on which line it stands."""
ROUTE = "route"
"""Where a translated segment tells how it came to be."""


class Sheet:
    """One of them. It may be asked from any thread."""

    def __init__(self, owner: str, name: str, recording: Recording, job: Job | None = None) -> None:
        self.id = secrets.token_urlsafe(16)
        self.owner, self.name = owner, name
        self.job = job
        """The job whose transcript it is, if it is one."""
        self.seconds: dict[str, float] = {}
        """How long each column took."""
        self.dubs: dict[str, Upload] = {}
        """Columns that were spoken at the times of the recording."""
        self._releases: dict[str, Callable[[], None]] = {}
        self._recording = recording
        self._news: list[SegmentUpdate] = []
        self._lock = threading.RLock()

    @property
    def recording(self) -> Recording:
        """The segments, and what they were translated into so far."""
        with self._lock:
            self._recording = Recording.of(self._news, onto=self._recording)
            self._news.clear()
            return self._recording

    @property
    def timed(self) -> bool:
        """Whether its segments lie in time, as what was said does; a text's do not."""
        return any(segment.end > 0 for segment in self.recording.transcript)

    def hear(self, update: SegmentUpdate) -> None:
        """One segment more of a column."""
        with self._lock:
            self._news.append(update)

    def reword(self, id: str, text: str) -> Segment:
        """Another text for a segment; its translations are no more. Raises LookupError and ConfigError."""
        text = " ".join(text.split())
        if not text:
            raise ConfigError("a segment cannot be empty", hint="write what was said")
        with self._lock:
            whole, new = self.recording, reworded(self.find(id), text)
            segments = tuple(new if segment.id == id else segment for segment in whole.transcript)
            kept = {
                to: Transcript(tuple(segment for segment in track if segment.id != id), track.language)
                for to, track in whole.translations.items()
            }
            said = Transcript(segments, whole.transcript.language)
            self._recording = replace(whole, transcript=said, translations=kept)
        return new

    def begin(self, to: str) -> None:
        """A column is translated from the start."""
        with self._lock:
            whole = self.recording
            others = {other: track for other, track in whole.translations.items() if other != to}
            self._recording = replace(whole, translations=others)
            self.seconds.pop(to, None)

    def keep(self, to: str, track: Upload, release: Callable[[], None]) -> None:
        """Keep what a column sounds like, instead of what it sounded like before."""
        with self._lock:
            before = self._releases.get(to)
            self.dubs[to], self._releases[to] = track, release
        if before is not None:
            before()

    def close(self) -> None:
        """Let go of all that is kept for it."""
        with self._lock:
            releases = list(self._releases.values())
            self.dubs.clear()
            self._releases.clear()
        for release in releases:
            release()

    def find(self, id: str, to: str | None = None) -> Segment:
        """A segment, or its translation. Raises LookupError."""
        whole = self.recording
        for segment in whole.transcript if to is None else whole.translations[to]:
            if segment.id == id:
                return segment
        raise LookupError(id)

    def told(self) -> dict[str, Any]:
        """All of it as JSON values."""
        whole = self.recording
        spoken = whole.transcript.language
        there = self.job is not None and bool(self.job.order.upload) and not self.job.removed
        return {
            "id": self.id,
            "name": self.name,
            "job": self.job.id if self.job else None,
            "sound": f"lab/sound/{self.job.id}" if self.job and there else None,
            "timed": self.timed,
            "duration": whole.duration,
            "rows": [said(segment, spoken) for segment in whole.transcript],
            "columns": {
                to: {
                    "dir": direction(to),
                    "rows": [translated(segment) for segment in track],
                    "seconds": self.seconds.get(to),
                }
                for to, track in whole.translations.items()
            },
        }


def said(segment: Segment, spoken: str | None = None) -> dict[str, Any]:
    """A segment as the page shows it."""
    language = segment.language or spoken or ""
    return {
        "id": segment.id,
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "text": segment.text.strip(),
        "language": language,
        "dir": direction(language) if language else "auto",
        "speaker": segment.speaker or "",
        "suspect": segment.suspect or "",
        "line": segment.extra.get(LINE),
    }


def translated(segment: Segment) -> dict[str, Any]:
    """A translated segment as the page shows it: its text, and by which engines it went."""
    return {"id": segment.id, "text": segment.text.strip(), "route": segment.extra.get(ROUTE)}


class Sheets:
    """The sheets of everybody, in memory."""

    def __init__(self, recording_of: Callable[[Job], Recording | None]) -> None:
        self._recording_of = recording_of
        self._lock = threading.Lock()
        self._there: OrderedDict[str, Sheet] = OrderedDict()

    def of_job(self, job: Job) -> Sheet:
        """The sheet of a job's transcript: the one that is there, or a new one. Raises ConfigError."""
        with self._lock:
            there = next((sheet for sheet in self._there.values() if sheet.job is job), None)
        if there is not None:
            return self.find(there.id)
        recording = self._recording_of(job)
        if recording is None:
            raise ConfigError("there is nothing to translate yet", hint="wait until the recording is done")
        return self.put(job.owner, job.order.name, recording, job)

    def put(self, owner: str, name: str, recording: Recording, job: Job | None = None) -> Sheet:
        """A new sheet. Raises ConfigError where nothing is on it."""
        if not any(segment.text.strip() for segment in recording.transcript):
            raise ConfigError("there is nothing to translate", hint="give a text with words in it")
        sheet = Sheet(owner, name, Recording(transcript=recording.transcript, duration=recording.duration), job)
        with self._lock:
            self._there[sheet.id] = sheet
            own = [other for other in self._there.values() if other.owner == owner]
            gone = (other for other in self._there.values() if other.job is not None and other.job.removed)
            self._forget([*own[:-MOST], *gone])
        return sheet

    def find(self, id: str) -> Sheet:
        """Any sheet, for whoever knows its id, which cannot be guessed. Raises LookupError."""
        with self._lock:
            self._there.move_to_end(id)
            return self._there[id]

    def _forget(self, sheets: Iterable[Sheet]) -> None:
        for sheet in list(sheets):
            self._there.pop(sheet.id, None)
            sheet.close()
