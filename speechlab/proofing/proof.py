"""What came back of one sentence, and whether somebody should listen to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..types import Scale
from .comparing import Slip

LETTERS = 0.15
"""Letter error rate above which a sentence is suspect. With Whisper base, 5 of 72 sentences were that Kokoro and Piper
had said right, in five languages; and of 52, 48 that lacked two fifths of their sound, 36 of which half came twice, and
all that were garbled in the middle."""
STRANGER = 0.25
"""How far on the way from two people to one the voice must be: nine in ten strangers are not, and a voice that was only
matched is, since it is a weak likeness throughout and nothing went wrong."""
TOLD = 3
"""Slips that are told in words."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence, listened to."""

    text: str
    """As it is written."""
    heard: str
    """As the recogniser wrote it down."""
    wer: float
    """Word error rate, however numbers and compounds are spelt: 0 where all came back."""
    errors: tuple[Slip, ...] = ()
    """What came back otherwise."""
    similarity: float | None = None
    """How like the reference the voice is; None without one, and where there is too little speech to tell."""
    scale: Scale | None = None
    """What the similarity means."""
    words: int = 0
    """Words that are written."""
    cer: float = 0.0
    """Letter error rate, by which it is suspect: what is only spelt otherwise hardly counts."""

    @property
    def suspect(self) -> bool:
        """Whether somebody should listen to it."""
        return bool(self.why)

    @property
    def why(self) -> str:
        """Why it is suspect, as a sentence; empty where it is not."""
        found = [*self._words(), *self._voice()]
        return "; ".join(found)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "text": self.text,
            "heard": self.heard,
            "wer": round(self.wer, 3),
            "cer": round(self.cer, 3),
            "words": self.words,
            "errors": [asdict(slip) for slip in self.errors],
            "similarity": None if self.similarity is None else round(self.similarity, 3),
            "scale": asdict(self.scale) if self.scale else None,
            "suspect": self.suspect,
            "why": self.why,
        }

    def _words(self) -> list[str]:
        if self.cer <= LETTERS:
            return []
        if not any(map(str.isalnum, self.heard)):
            return ["nothing was heard of it"]
        more = len(self.errors) - TOLD
        return [", ".join([*map(str, self.errors[:TOLD]), *([f"and {more} more"] if more > 0 else [])])]

    def _voice(self) -> list[str]:
        if self.similarity is None or self.scale is None or self.scale.share(self.similarity) >= STRANGER:
            return []
        return [f"the voice is another: its likeness is {self.scale.words(self.similarity)}"]
