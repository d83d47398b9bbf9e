"""Cut a long recording into pieces at silences: the unit of progress, cancel, checkpoint and retry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .stages.clips import quietest
from .stages.speech import LATE, SpeechTimes
from .stages.tape import Tape
from .types import Audio, AudioChunk, Event, HeardChunk, Span, SpeechEnded, SpeechStarted

SHORTEST, LONGEST = 120.0, 240.0
"""Seconds: a piece is long enough to fill a recognizer's windows, and short enough that memory stays flat."""
GOOD_GAP = 2.0
"""A silence of so many seconds is as good as any longer one; the latest such one is taken."""
BEHIND = 60.0
"""Seconds for which a piece waits at most for its sound for the ear, where that is wanted."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the recording that is worked on alone."""

    index: int
    audio: Audio
    told: tuple[Event, ...] = ()
    """What the stages before the cut told of it, speech times among it."""
    heard: Audio | None = None
    """The same stretch for the ear, as far as there is any, where that is recognised too."""

    def sound(self) -> Iterator[Event]:
        """Its sound."""
        yield AudioChunk(self.audio)
        if self.heard is not None:
            yield HeardChunk(self.heard)

    def events(self) -> Iterator[Event]:
        """Its sound, then what was told."""
        yield from self.sound()
        yield from self.told


def cut(
    events: Iterable[Event], *, both: bool = False, shortest: float = SHORTEST, longest: float = LONGEST
) -> Iterator[Piece | HeardChunk]:
    """The recording as pieces of ``shortest`` to ``longest`` seconds (the last may be shorter), cut in silence.

    Sound for the ear waits for no piece: it comes at once, between them. ``both`` keeps it with each piece besides.
    Speech that lasts beyond ``longest`` is cut where it is quietest. Peak memory is one piece.
    """
    tape, heard, told, index = Tape(), Tape(), _Told(), 0

    def best() -> float:
        return told.best(tape, tape.start + shortest, tape.start + longest)

    def late() -> bool:
        return both and heard.end < tape.start + longest and tape.end - tape.start < longest + BEHIND

    for event in events:
        match event:
            case HeardChunk(audio):
                if both:
                    heard.append(audio)
                yield event
            case AudioChunk(audio):
                while tape and tape.end - tape.start > longest + LATE and not late():
                    yield told.piece(tape, heard, index, best())  # all that the chunks before it brought is told
                    index += 1
                tape.append(audio)
            case _:
                told.hear(event)
    while tape:
        yield told.piece(tape, heard, index, tape.end if tape.end - tape.start <= longest else best())
        index += 1


class _Told:
    """What is known of the sound on the tape."""

    def __init__(self) -> None:
        self._speech = SpeechTimes()
        self._detected = False
        self._others: list[Event] = []

    def hear(self, event: Event) -> None:
        if self._speech.hear(event):
            self._detected = True
        else:
            self._others.append(event)

    def best(self, tape: Tape, first: float, last: float) -> float:
        """The best time to cut between two: in the longest silence, else where it is quietest."""
        gaps = [gap for gap in self._gaps(first, last) if gap] if self._detected else []
        if gaps:
            return max(gaps, key=lambda gap: (min(gap.duration, GOOD_GAP), gap.start)).middle
        return quietest(tape.cut(first, last), first, last)

    def _gaps(self, first: float, last: float) -> Iterator[Span]:
        at = first
        for span in self._speech.until(last):
            if span.start > at:
                yield Span(at, min(span.start, last))
            at = max(at, span.end)
            if at >= last:
                return
        yield Span(at, last)

    def piece(self, tape: Tape, heard: Tape, index: int, end: float) -> Piece:
        """Take the sound up to ``end`` off the tapes, with what was told of it; speech over the cut is parted."""
        audio = tape.take(end)
        inside = Span(audio.start, audio.end)
        told: list[Event] = []
        for span in self._speech.until(tape.end if tape else audio.end):
            if here := span & inside:
                told += [SpeechStarted(here.start), SpeechEnded(here.end)]
        told += self._others
        self._others = []
        self._speech.forget(audio.end)
        heard.forget(audio.start)  # what came too late for the piece that it belongs to
        twin = heard.take(audio.end) if heard and heard.start < audio.end else None
        return Piece(index, audio, tuple(told), twin)
