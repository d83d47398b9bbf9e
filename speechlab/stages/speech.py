"""When somebody speaks, as far as the detector has told."""

from __future__ import annotations

from ..types import Event, Span, SpeechEnded, SpeechStarted

LATE = 8.0
"""Seconds after which a detector has told of all that began before: its longest wait and padding (VadOptions)."""


class SpeechTimes:
    """The spans of speech told by the events so far."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._began: float | None = None

    def hear(self, event: Event) -> bool:
        """One event more; whether it told of speech."""
        match event:
            case SpeechStarted(at):
                self._began = at
            case SpeechEnded(at):
                if self._began is not None:
                    self._spans.append(Span(self._began, max(at, self._began)))
                self._began = None
            case _:
                return False
        return True

    def until(self, end: float) -> list[Span]:
        """All spans in order, one that is still open ending here."""
        still = [Span(self._began, max(end, self._began))] if self._began is not None else []
        return [*self._spans, *still]

    def forget(self, before: float) -> None:
        """Let go of what was said before this time."""
        self._spans = [Span(max(span.start, before), span.end) for span in self._spans if span.end > before]
        if self._began is not None:
            self._began = max(self._began, before)
