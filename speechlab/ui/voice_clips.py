"""Clips that somebody brought to make a voice of: listened to, drawn, and kept until the voice is made."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..cloning import Reference
from ..cloning.reference import MARGIN
from ..errors import ConfigError
from ..jobs import Jobs, Upload
from ..lab import Lab
from ..player import Peaks
from ..source import Source
from ..types import AudioChunk

MOST = 8
"""Clips that are kept, of everybody together: each is held in memory."""
PAIRS = 1200
"""Most pairs of the outline that is drawn."""
TOGETHER = "Cut out a stretch in which only the person speaks. If it is one person all the same, say so below."
"""What to do about a clip with several people, where that can be said with a click."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One of them."""

    upload: Upload
    reference: Reference
    low: tuple[int, ...]
    high: tuple[int, ...]
    """Its outline, in 127ths of the loudest sample."""
    release: Callable[[], None]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def told(self) -> dict[str, Any]:
        """All of it as JSON values."""
        heard = self.reference
        begin = max(0.0, heard.check.silence.leading - MARGIN)
        advice = [asdict(item) for item in heard.advice]
        for item in advice:
            if item["topic"] == "speakers" and item["severity"] == "warning":
                item["advice"] = TOGETHER
        return {
            "id": self.id,
            "upload": self.upload.id,
            "name": self.upload.name,
            "sound": f"lab/voices/clips/{self.id}",
            "usable": heard.refused is None,
            "crowded": heard.refused is not None and heard.refused.topic == "speakers",
            "speech": round(heard.speech, 1),
            "advice": advice,
            "facts": list(heard.check.facts),
            "duration": heard.check.duration,
            "used": [begin, begin + heard.audio.duration] if heard.refused is None else [0.0, heard.check.duration],
            "low": self.low,
            "high": self.high,
        }


class Clips:
    """The clips of everybody."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._lock = threading.Lock()
        self._there: OrderedDict[str, Clip] = OrderedDict()

    def take(self, owner: str, upload: str, *, alone: bool = False) -> Clip:
        """Listen to a file that was sent. Raises AudioError where it cannot be read, ConfigError where it is gone."""
        jobs: Jobs = self._lab.jobs
        try:
            sent = jobs.uploads.get(owner, upload)
        except LookupError:
            raise ConfigError("that clip is no longer here", hint="give it once more") from None
        release = jobs.uploads.hold(sent)
        try:
            reference: Reference = self._lab.reference(sent.path, alone=alone)
            clip = Clip(sent, reference, *_outline(Source(sent.path)), release)
        except BaseException:
            release()
            raise
        with self._lock:
            self._there[clip.id] = clip
            gone = [self._there.popitem(last=False)[1] for _ in range(len(self._there) - MOST)]
        for one in gone:
            one.release()
        return clip

    def find(self, id: str) -> Clip:
        """A clip, for whoever knows its id, which cannot be guessed. Raises ConfigError where it is gone."""
        with self._lock:
            clip = self._there.get(id)
            if clip is not None:
                self._there.move_to_end(id)
        if clip is None:
            raise ConfigError("that clip is no longer here", hint="give it once more")
        return clip


def _outline(source: Source) -> tuple[tuple[int, ...], tuple[int, ...]]:
    peaks = Peaks(PAIRS)
    for event in source.events(source.sample_rate):
        if isinstance(event, AudioChunk):
            peaks.feed(event.audio)
    drawn = peaks.waveform()
    return drawn.low, drawn.high
