"""Who said which word: words are given to turns by time, and a segment is parted where its speaker changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..types import Segment, Span, Turn, Word, union
from ..types.entities import cut
from ..types.scripts import joined

NEAR = 1.0
"""A word in no turn was said in the nearest one, if it is not further away than so many seconds."""
INSTANT = 0.02
"""Words that have no length count as so long."""


class Turns:
    """Turns that can be asked, quickly, who speaks when."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self._turns = sorted(turn for turn in turns if turn)
        self._ends: list[float] = []
        """For each turn, the latest end of it and all before: so a search tells where to begin to look."""
        for turn in self._turns:
            self._ends.append(max(turn.end, self._ends[-1] if self._ends else turn.end))

    def speaker(self, span: Span, holder: str | None = None) -> str | None:
        """Who speaks longest in this time, else nearest to it; where several speak as long, ``holder`` goes on."""
        span = Span(span.start, max(span.end, span.start + INSTANT))
        shares: dict[str, float] = {}
        distances: dict[str, float] = {}
        for turn in self._near(span):
            if shared := turn.overlap(span):
                shares[turn.speaker] = shares.get(turn.speaker, 0.0) + shared
            else:
                distance = max(turn.start - span.end, span.start - turn.end)
                distances[turn.speaker] = min(distance, distances.get(turn.speaker, distance))
        if shares:
            most = max(shares.values())
            longest = [speaker for speaker, share in shares.items() if share >= most - 1e-6]
            return holder if holder in longest else longest[0]
        return min(distances, key=lambda speaker: distances[speaker]) if distances else None

    def heard(self, span: Span) -> float:
        """Seconds of this time in which somebody speaks."""
        return sum(part.overlap(span) for part in union(turn for turn in self._near(span)))

    def _near(self, span: Span) -> list[Turn]:
        found = []
        for turn in self._turns[bisect_left(self._ends, span.start - NEAR) :]:
            if turn.start > span.end + NEAR:
                break
            if turn.end >= span.start - NEAR:
                found.append(turn)
        return found


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one segment that follow each other and are one speaker's."""

    speaker: str | None
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        """From the start of the first word to the end of the last."""
        return self.words[-1].end - self.words[0].start


def spoken(segment: Segment, turns: Turns) -> Segment:
    """The segment and its words with their speakers. It is whose who speaks most of it; one whose turns are unknown
    stays as it is."""
    words = _given(segment.words, turns)
    shares: dict[str, float] = {}
    for word in words:
        if word.speaker:
            shares[word.speaker] = shares.get(word.speaker, 0.0) + max(word.duration, INSTANT)
    speaker = max(shares, key=lambda speaker: shares[speaker]) if shares else turns.speaker(segment)
    return replace(segment, speaker=speaker or segment.speaker, words=words)


def parted(segment: Segment, backchannel: float) -> list[Segment]:
    """The segment in parts that are one speaker's each; the first keeps the id, which the others' begin with.

    Words of somebody else that take at most ``backchannel`` seconds, while one person goes on, part nothing, though
    they stay that somebody's. Between two words the text is cut where the second begins in it.
    """
    runs = _joined(_runs(segment.words), backchannel)
    if len(runs) < 2:
        return [segment]
    texts = _texts(segment.text, [len(run.words) for run in runs], segment.words)
    last = len(runs) - 1
    return [
        replace(
            segment,
            id=segment.id if number == 0 else f"{segment.id}.{number + 1}",
            start=segment.start if number == 0 else run.words[0].start,
            end=segment.end if number == last else run.words[-1].end,
            text=text,
            speaker=run.speaker,
            words=run.words,
            extra=extra,
        )
        for number, (run, text, extra) in enumerate(zip(runs, texts, _extras(segment, texts), strict=True))
    ]


def _given(words: Sequence[Word], turns: Turns) -> tuple[Word, ...]:
    """The words with their speakers; one that no turn is near to is said by who said the one before, else the next.

    A first word that lies mostly in silence goes with the second: recognizers begin it too early, while another speaks.
    """
    given: list[Word] = []
    holder: str | None = None
    for word in words:
        holder = turns.speaker(word, holder) or holder
        given.append(replace(word, speaker=holder or word.speaker))
    silent = [2 * turns.heard(word) < word.duration for word in words[:2]]
    if silent == [True, False]:
        given[0] = replace(given[0], speaker=given[1].speaker)
    first = next((word.speaker for word in given if word.speaker), None)
    return tuple(word if word.speaker else replace(word, speaker=first) for word in given)


def _runs(words: Sequence[Word]) -> list[Run]:
    runs: list[Run] = []
    for word in words:
        if runs and runs[-1].speaker == word.speaker:
            runs[-1] = Run(word.speaker, (*runs[-1].words, word))
        else:
            runs.append(Run(word.speaker, (word,)))
    return runs


def _joined(runs: list[Run], backchannel: float) -> list[Run]:
    """The runs, each that is short enough between two of one speaker made part of theirs, the shortest first."""
    while True:
        short = [
            number
            for number in range(1, len(runs) - 1)
            if runs[number].seconds <= backchannel and runs[number - 1].speaker == runs[number + 1].speaker
        ]
        if not backchannel or not short:
            return runs
        at = min(short, key=lambda number: (runs[number].seconds, number))
        before, here, behind = runs[at - 1 : at + 2]
        runs[at - 1 : at + 2] = [Run(before.speaker, (*before.words, *here.words, *behind.words))]


def _extras(segment: Segment, texts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What is told of each part: entities go with the text that they are in, wherever it is known to be."""
    at = 0
    for text in texts:
        found = segment.text.find(text, at)
        at = found + len(text) if found >= 0 else at
        yield cut(segment.extra, found, at) if found >= 0 else segment.extra


def _texts(text: str, counts: Sequence[int], words: Sequence[Word]) -> list[str]:
    """The text in parts of so many words; where it does not hold the words as they are, the words themselves."""
    starts: list[int] = []
    at = 0
    for word in words:
        found = text.find(word.text.strip(), at)
        if found < 0:
            starts = []
            break
        starts.append(found)
        at = found + len(word.text.strip())
    texts, done = [], 0
    for count in counts:
        until = done + count
        if starts:
            begin, end = (0 if not done else starts[done]), (starts[until] if until < len(words) else len(text))
            texts.append(text[begin:end].strip())
        else:
            texts.append(joined(word.text for word in words[done:until]))
        done = until
    return texts
