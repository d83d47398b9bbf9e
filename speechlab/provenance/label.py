"""What a synthetic file says of itself: by which engine, in which voice, and on whose consent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ..types import Consent

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""The IPTC's name for what a trained algorithm made."""


@dataclass(frozen=True, slots=True)
class Label:
    """Written into the comment of a file, as JSON."""

    engine: str
    """``kind/id``."""
    voice: str = ""
    consent: Consent | None = None
    """On what ground somebody's voice was used; None for a voice that is nobody's in particular."""
    made: str = ""
    """When, in ISO 8601."""

    @classmethod
    def now(cls, engine: str, voice: str = "", consent: Consent | None = None) -> Label:
        """Of what is made at this moment."""
        return cls(engine, voice, consent, datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def lines(self) -> tuple[str, ...]:
        """The same for a person to read."""
        given = self.consent and f"voice of {self.consent.person}: {self.consent.ground} ({self.consent.at})"
        voice = f"by {self.engine}" + (f" in the voice {self.voice}" if self.voice else "")
        return tuple(line for line in (voice, self.made and f"made {self.made}", given) if line)

    def text(self) -> str:
        """As it stands in a file."""
        told = {"synthetic": True, "digital_source_type": SOURCE_TYPE, "software": "speechlab", **asdict(self)}
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=True)


def label_in(comment: str) -> Label | None:
    """The label in a file's comment; None where it is some other comment."""
    try:
        told = json.loads(comment)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("synthetic") is not True:
        return None
    consent = told.get("consent")
    return Label(
        _text(told.get("engine")),
        _text(told.get("voice")),
        Consent(*(_text(consent.get(name)) for name in ("person", "ground", "at")))
        if isinstance(consent, dict)
        else None,
        _text(told.get("made")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
