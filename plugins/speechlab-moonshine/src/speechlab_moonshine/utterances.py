"""From the times of speech to utterances: what is said without a real pause, and is short enough to be read at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from speechlab import Span

LONGEST = 15.0
"""Seconds of speech read at once: more cost more and bring nothing."""
SHORTEST_CUT = 5.0
"""Seconds after which an utterance that gets too long may be cut."""
LEAD, TAIL = 0.3, 0.3
"""Seconds read before and after what the detector calls speech."""


class Utterances:
    """The utterances of one stream, in its seconds; they never overlap."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._voiced: list[Span] = []
        """The stretches of speech in the utterance that is open."""
        self._free = 0.0
        """Where the last utterance ended."""

    @property
    def open(self) -> float | None:
        """Where the utterance begins that is being said, if one is."""
        return max(self._free, self._voiced[0].start - LEAD) if self._voiced else None

    @property
    def spoken(self) -> float:
        """Where the speech ends that the open utterance holds so far."""
        return self._voiced[-1].end if self._voiced else self._free

    def feed(self, speech: Iterable[Span], heard: float) -> list[Span]:
        """The stretches of speech up to ``heard``; gives the utterances that are over."""
        over: list[Span] = []
        for span in speech:
            if self._voiced and span.start - self._voiced[-1].end >= self._pause:
                over.append(self._close(span.start))
            self._voiced.append(span)
            while self._voiced[-1].end - self._voiced[0].start > LONGEST:
                over.append(self._cut())
        if self._voiced and heard - self._voiced[-1].end >= self._pause:
            over.append(self._close(heard))
        return over

    def finish(self, heard: float) -> list[Span]:
        """The stream is over; gives the utterance that was open."""
        return [self._close(heard)] if self._voiced else []

    def _close(self, until: float, keep: int = 0) -> Span:
        """End the utterance no later than ``until``; the last ``keep`` stretches of speech belong to the next."""
        start = self.open
        assert start is not None
        ended = self._voiced[len(self._voiced) - keep - 1].end
        self._free = min(ended + TAIL, until)
        self._voiced = self._voiced[len(self._voiced) - keep :]
        return Span(start, self._free)

    def _cut(self) -> Span:
        """End an utterance that got too long at its longest pause; without one, where it gets too long."""
        begin = self._voiced[0].start
        pauses = [
            (after.start - before.end, len(self._voiced) - i - 1)
            for i, (before, after) in enumerate(pairwise(self._voiced))
            if begin + SHORTEST_CUT <= before.end <= begin + LONGEST and after.start > before.end
        ]
        if pauses:
            pause, keep = max(pauses)
            resumed = self._voiced[len(self._voiced) - keep].start
            return self._close(resumed - pause / 2, keep)
        limit = begin + LONGEST
        early = [Span(span.start, min(span.end, limit)) for span in self._voiced if span.start < limit]
        late = [Span(max(span.start, limit), span.end) for span in self._voiced if span.end > limit]
        self._voiced = early + late
        return self._close(limit, len(late))
