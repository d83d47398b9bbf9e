"""The same speakers, known again in another run by when they speak, whatever that run calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..formats.rttm import turns
from ..types import Recording, Span, union
from .names import relabelled, speakers_of

SAME = 0.5
"""Two speakers may be one person where they share at least this part of the time of who speaks less."""

Times = Mapping[str, Sequence[Span]]
"""When each speaker speaks."""


def times(recording: Recording) -> dict[str, list[Span]]:
    """When each speaker speaks, by the turns; by the segments, where there are none. Who has neither has the words."""
    found = recording.diarization if len(recording.diarization) else turns(recording, keep_suspect=True)
    told = {who: union(turn for turn in found if turn.speaker == who) for who in found.speakers}
    for who in speakers_of(recording):
        if who not in told:
            told[who] = union(word for segment in recording.transcript for word in segment.words if word.speaker == who)
    return told


def known_again(recording: Recording, before: Times) -> Recording:
    """The recording with the labels by which its speakers went ``before``.

    Each is at most one of those before, those who share most time first. Who is nobody of them, and goes by a label
    that was somebody else's, gets another.
    """
    now = times(recording)
    labels = matched(now, before)
    taken = {*before, *labels.values(), *(who for who in speakers_of(recording) if who not in before)}
    for who in speakers_of(recording):
        if who not in labels and who in before:
            labels[who] = fresh(taken)
            taken.add(labels[who])
    return relabelled(recording, labels)


def matched(now: Times, before: Times) -> dict[str, str]:
    """Who of those before each speaker is, where it is somebody."""
    shared = []
    for who, own in now.items():
        for then, theirs in before.items():
            both = _shared(own, theirs)
            if both > 0 and both >= SAME * min(_seconds(own), _seconds(theirs)):
                shared.append((-both, who != then, who, then))
    found: dict[str, str] = {}
    for _, _, who, then in sorted(shared):
        if who not in found and then not in found.values():
            found[who] = then
    return found


def fresh(taken: Iterable[str]) -> str:
    """A label that nobody has, as diarizers give them."""
    known, number = set(taken), 1
    while (label := f"Speaker {number}") in known:
        number += 1
    return label


def _seconds(spans: Sequence[Span]) -> float:
    return sum(span.duration for span in spans)


def _shared(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Seconds that both have; spans are in the order of time and do not overlap among themselves."""
    total, here, there = 0.0, 0, 0
    while here < len(one) and there < len(other):
        total += one[here].overlap(other[there])
        if one[here].end <= other[there].end:
            here += 1
        else:
            there += 1
    return total
