"""How long a reader of live text waits, and how much of it is rewritten under his eyes: measured on timed events.

All times are seconds of the stream. "Shown" means that an update with the word was told; a segment that is suspected of
not having been said is not shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any

import numpy as np

from ..matching import matched, spoken
from ..stages.commit import covering
from ..types import Segment, SegmentUpdate, Span, SpeechEnded, SpeechStarted, Word
from ..types.transcript import in_time
from .replay import Told

AT_ONCE = 0.02
"""Seconds within which updates are one change to who reads."""


@dataclass
class Latency:
    """What was measured on one recording, or on several: ``+``."""

    first_partial: list[float] = field(default_factory=list)
    """For each utterance: from its start, as detected, until the first text of it was shown."""
    partial: list[float] = field(default_factory=list)
    """For each word of the final text that the reference has too: from its end there until it was first shown in the
    wording that stayed. The end of a word is known to a tenth of a second or two, so single values may be below 0."""
    committed: list[float] = field(default_factory=list)
    """For each such word: from its end until it was committed, or final."""
    final: list[float] = field(default_factory=list)
    """For each utterance with text: from the moment at which its end was told until all of its text was final. 0 where
    that was so before."""
    endpoint: list[float] = field(default_factory=list)
    """For each utterance: from the end of its last word in the reference until its end was told. It holds the silence
    that the detector waits for, and is no part of ``final``."""
    rewrites: int = 0
    """Words that were shown, and then changed or taken away."""
    words: int = 0
    """Words of the final text."""

    def __add__(self, other: Latency) -> Latency:
        return Latency(
            self.first_partial + other.first_partial,
            self.partial + other.partial,
            self.committed + other.committed,
            self.final + other.final,
            self.endpoint + other.endpoint,
            self.rewrites + other.rewrites,
            self.words + other.words,
        )

    @property
    def told(self) -> dict[str, Any]:
        """As JSON values: the median and the 95th percentile of each, in seconds; None where nothing was measured."""
        each = {
            "first_partial_s": self.first_partial,
            "partial_s": self.partial,
            "committed_s": self.committed,
            "final_s": self.final,
            "endpoint_s": self.endpoint,
        }
        rewrites = round(self.rewrites / self.words, 3) if self.words else None
        return {**{name: quantiles(values) for name, values in each.items()}, "rewrites_per_word": rewrites}


def quantiles(values: Sequence[float]) -> dict[str, float | None]:
    """The median and the 95th percentile."""
    if not values:
        return {"p50": None, "p95": None}
    half, most = np.percentile(values, (50, 95))
    return {"p50": round(float(half), 3), "p95": round(float(most), 3)}


def latency(told: Iterable[Told], reference: Sequence[Word]) -> Latency:
    """Everything that the timed events of one stream tell, against words with their times in the reference."""
    told = list(told)
    updates = [Update.of(one) for one in told if isinstance(one.event, SegmentUpdate) and one.event.target is None]
    utterances = detected(told)
    found = Latency(rewrites=rewritten(updates))
    _of_words(found, updates, reference)
    for utterance in utterances:
        about = [update for update in updates if update.words and utterance.holds(update.segment)]
        if about:
            found.first_partial.append(about[0].at - utterance.start)
        if utterance.ended_at is None:
            continue
        if finals := [update.at for update in about if update.final]:
            found.final.append(max(0.0, max(finals) - utterance.ended_at))
        ends = [word.end for word in reference if utterance.start <= word.middle <= utterance.end]
        if ends:
            found.endpoint.append(utterance.ended_at - max(ends))
    return found


@dataclass(frozen=True)
class Update:
    """One wording of a segment, as it was shown."""

    at: float
    segment: Segment
    words: list[str]
    committed: int
    """How many of the words."""
    final: bool

    @classmethod
    def of(cls, told: Told) -> Update:
        """From the event."""
        event = told.event
        assert isinstance(event, SegmentUpdate)
        segment = event.segment
        words = [] if segment.suspect else spoken(segment.text)
        committed = len(words) if event.final else len(spoken(segment.text[: event.committed]))
        return cls(told.at, segment, words, committed, event.final)


@dataclass
class Utterance:
    """Speech as it was detected."""

    start: float
    end: float = float("inf")
    ended_at: float | None = None
    """When its end was told."""

    def holds(self, segment: Segment) -> bool:
        """Whether most of the segment lies here, or most of this in the segment."""
        shared = Span(self.start, self.end).overlap(segment)
        return shared > 0 and shared >= min(segment.duration, self.end - self.start) / 2


def detected(told: Iterable[Told]) -> list[Utterance]:
    """The utterances of a stream, in order."""
    found: list[Utterance] = []
    for one in told:
        match one.event:
            case SpeechStarted(at):
                found.append(Utterance(at))
            case SpeechEnded(at) if found and found[-1].ended_at is None:
                found[-1].end, found[-1].ended_at = max(at, found[-1].start), one.at
            case _:
                pass
    return found


def rewritten(updates: Iterable[Update]) -> int:
    """How many words were shown, and then changed or taken away. Updates told at once are one change: what one segment
    loses, another may gain."""
    shown: dict[str, Update] = {}
    lost = 0
    for change in changes(updates):
        before = [shown[name] for name in change if name in shown]
        old, new = _text(before), _text(change.values())
        lost += len(old) - len(matched(old, new))
        shown.update(change)
    return lost


def changes(updates: Iterable[Update]) -> Iterable[dict[str, Update]]:
    """The updates by segment, those together that are told at once."""
    change: dict[str, Update] = {}
    began = 0.0
    for update in updates:
        if change and update.at - began > AT_ONCE:
            yield change
            change = {}
        began = began if change else update.at
        change[update.segment.id] = update
    if change:
        yield change


def _text(updates: Iterable[Update]) -> list[str]:
    return list(chain.from_iterable(one.words for one in sorted(updates, key=lambda one: in_time(one.segment))))


def _of_words(found: Latency, updates: Sequence[Update], reference: Sequence[Word]) -> None:
    """When each word of the final text was shown and committed."""
    newest = {update.segment.id: update for update in updates if update.final}
    finals = sorted((one for one in newest.values() if one.words), key=lambda one: in_time(one.segment))
    text = _text(finals)
    found.words = len(text)
    starts = [one.segment.start for one in finals]
    first_word = list(accumulate((len(one.words) for one in finals), initial=0))
    place = {one.segment.id: number for number, one in enumerate(finals)}
    shown, committed = [float("inf")] * len(text), [float("inf")] * len(text)
    for update in updates:
        # The final words that it may tell of: of the segment that it became, and of what was parted from that.
        first = place.get(update.segment.id)
        if first is None:
            first = max(0, bisect_left(starts, update.segment.start) - 1)
        last = max(first + 1, bisect_left(starts, update.segment.end))
        offset = first_word[first]
        final = text[offset : first_word[min(last, len(finals))]]
        for number, other in matched(update.words, final[: covering(update.words, final)]):
            at = offset + other
            shown[at] = min(shown[at], update.at)
            if number < update.committed:
                committed[at] = min(committed[at], update.at)
    for number, other in matched(text, [bare for word in reference for bare in spoken(word.text)[:1] or [""]]):
        end = reference[other].end
        found.partial.append(shown[number] - end)
        found.committed.append(committed[number] - end)
