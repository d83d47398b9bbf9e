"""Where a recording comes from, as far as it can tell: the mark in its sound, and the label in its file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..media import Source, probe, read
from ..types import Span, union
from .label import Label, label_in
from .watermark import BLOCK, RATE, SURE, Watermark

UNSURE = 0.4
"""From this confidence on, sound may be marked."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a recording tells of where it comes from. What is not marked may still be synthetic: others do not mark."""

    confidence: float
    """How surely the sound is marked as synthetic where it is most surely so, in [0, 1]."""
    marked: tuple[Span, ...]
    """Where it is."""
    duration: float
    label: Label | None = None
    """What the file says of itself; anybody can take that away."""

    @property
    def synthetic(self) -> bool | None:
        """Whether an engine made it, or part of it; None where it cannot be told for sure."""
        if self.marked or self.label:
            return True
        return None if self.confidence >= UNSURE else False

    @property
    def text(self) -> str:
        """The same in a sentence."""
        seconds = sum(span.duration for span in self.marked)
        if seconds:
            part = "" if seconds > self.duration - BLOCK else f" for {seconds:.0f} of its {self.duration:.0f} seconds"
            return f"synthetic: marked as such in its sound{part}" + (", and by its label" if self.label else "")
        if self.label:
            return "synthetic by its label, but its sound bears no mark"
        if self.confidence >= UNSURE:
            return "perhaps synthetic: there may be a mark in its sound, too faint to be sure"
        return "no sign that it is synthetic (sound from elsewhere may bear no mark)"

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "synthetic": self.synthetic,
            "text": self.text,
            "confidence": round(self.confidence, 3),
            "marked": [[span.start, span.end] for span in self.marked],
            "duration": self.duration,
            "label": asdict(self.label) if self.label else None,
        }


def origin(source: Source, watermark: Watermark) -> Origin:
    """What a recording tells of its origin; memory does not grow with its length. Raises AudioError."""
    surest, marked, end = 0.0, list[Span](), 0.0
    for block in read(source, sample_rate=RATE, mono=True, seconds=BLOCK):
        confidence = watermark.confidence(block)
        surest, end = max(surest, confidence), block.end
        if confidence >= SURE:
            marked.append(Span(block.start, block.end))
    return Origin(surest, tuple(union(marked)), end, label_in(probe(source).comment))
