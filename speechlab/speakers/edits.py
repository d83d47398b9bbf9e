"""What a person says about speakers, as values: each makes another recording of one, and leaves that one as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from ..stages.speaking import parted
from ..types import Diarization, Recording, Segment, Span, Transcript, Turn, Word, union
from .names import in_order, joined, relabelled

SLIVER = 1.0
"""What is left of a turn beside a stretch that was given away, in seconds, goes with it where it is shorter and holds
no word: turns begin a little before the first word and end a little after the last."""


@dataclass(frozen=True, slots=True)
class Rename:
    """A speaker is called otherwise."""

    speaker: str
    name: str

    def apply(self, recording: Recording) -> Recording:
        """The recording with that name."""
        return relabelled(recording, {self.speaker: self.name})


@dataclass(frozen=True, slots=True)
class Merge:
    """Several speakers are one person, who is called ``into``."""

    speakers: tuple[str, ...]
    into: str

    def apply(self, recording: Recording) -> Recording:
        """The recording with one speaker for them."""
        return relabelled(recording, dict.fromkeys(self.speakers, self.into))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Span):
    """What somebody says in a segment: the segment's time and id, and who was believed to speak."""

    segment: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Assign:
    """Some stretches are another speaker's; a speaker whom nobody knew yet is thereby split off.

    A stretch means the segment with its id and time. In another run, which cuts segments elsewhere, it means what that
    speaker says in that time: a segment that lies only partly in it is parted between words.
    """

    stretches: tuple[Stretch, ...]
    speaker: str

    @classmethod
    def of(cls, recording: Recording, segments: Iterable[str], speaker: str) -> Assign:
        """What these segments of the transcript, by id, say."""
        wanted = set(segments)
        return cls(
            tuple(
                Stretch(one.start, one.end, segment=one.id, speaker=one.speaker)
                for one in recording.transcript
                if one.id in wanted
            ),
            speaker,
        )

    def apply(self, recording: Recording) -> Recording:
        """The recording with those stretches spoken by that speaker."""
        given = [stretch for stretch in self.stretches if stretch.speaker != self.speaker]
        if not given:
            return recording
        whole = {_place(stretch): stretch for stretch in given}
        meant = {place for segment in recording.transcript if (place := _place(segment)) in whole}
        loose = [stretch for stretch in given if _place(stretch) not in meant]
        translated = {segment.id for track in recording.translations.values() for segment in track}
        taken = {segment.id for segment in recording.transcript}

        def changed(segment: Segment, part: bool) -> Iterator[Segment]:
            if stretch := whole.get(_place(segment)):
                yield _spoken(segment, [stretch], self.speaker, whole=True)
                return
            near = [stretch for stretch in loose if stretch.start < segment.end and segment.start < stretch.end]
            told = _spoken(segment, near, self.speaker) if near else segment
            yield from _parts(told, taken) if part and told is not segment else [told]

        transcript = [
            part for segment in recording.transcript for part in changed(segment, segment.id not in translated)
        ]
        tracks = {
            to: Transcript(tuple(one for segment in track for one in changed(segment, False)), track.language)
            for to, track in recording.translations.items()
        }
        return replace(
            recording,
            transcript=replace(recording.transcript, segments=tuple(transcript)),
            translations=tracks,
            diarization=_turned(recording.diarization, given, self.speaker, transcript),
        )


Edit = Rename | Merge | Assign


@dataclass(frozen=True, slots=True)
class Edits:
    """What was said about the speakers of one recording, in the order in which it was said.

    >>> Edits((Rename("Speaker 1", "Ada"),)).undone()
    Edits(edits=())
    """

    edits: tuple[Edit, ...] = ()

    def __len__(self) -> int:
        return len(self.edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.edits)

    def apply(self, recording: Recording) -> Recording:
        """The recording with all of them done; the recording itself where there are none."""
        return reduce(lambda so_far, edit: edit.apply(so_far), self.edits, recording)

    def and_then(self, edit: Edit) -> Edits:
        """These, and one more."""
        return Edits((*self.edits, edit))

    def undone(self) -> Edits:
        """These without the last."""
        return Edits(self.edits[:-1])


# -- segments and words ------------------------------------------------------------------------------------------------


def _place(span: Segment | Stretch) -> tuple[str, float, float]:
    return (span.segment if isinstance(span, Stretch) else span.id), span.start, span.end


def _spoken(segment: Segment, stretches: Sequence[Stretch], speaker: str, *, whole: bool = False) -> Segment:
    """The segment with what its speaker says in the stretches given to ``speaker``. What others say in it, such as a
    short "yes" in between, stays theirs. The very segment where nothing is given."""

    def given(own: str | None, at: float) -> bool:
        return any(one.speaker == own and (whole or one.start <= at < one.end) for one in stretches)

    if not segment.words:
        return replace(segment, speaker=speaker) if given(segment.speaker, segment.middle) else segment
    own = [word.speaker or segment.speaker for word in segment.words]
    goes = [given(who, word.middle) for who, word in zip(own, segment.words, strict=True)]
    mine = [went for went, who in zip(goes, own, strict=True) if who == segment.speaker]
    if whole or (all(mine) and any(goes)):
        words = tuple(_by(word, speaker) if went else word for went, word in zip(goes, segment.words, strict=True))
        return replace(segment, speaker=speaker, words=words)
    if not any(goes):
        return segment
    words = tuple(_by(word, speaker if went else who) for went, who, word in zip(goes, own, segment.words, strict=True))
    seconds: dict[str | None, float] = {}
    for word in words:
        seconds[word.speaker] = seconds.get(word.speaker, 0.0) + word.duration
    return replace(segment, speaker=max(seconds, key=lambda who: seconds[who]), words=words)


def _by(word: Word, speaker: str | None) -> Word:
    return replace(word, speaker=speaker)


def _parts(segment: Segment, taken: set[str]) -> Iterator[Segment]:
    """The segment in parts of one speaker each, where its own speaker does not say it all; their ids are new."""
    first, *rest = parted(segment, 0.0)
    yield first
    for part in rest:
        yield replace(part, id=_free(segment.id, taken))


def _free(stem: str, taken: set[str]) -> str:
    """An id that nobody has, and now somebody does."""
    number = 2
    while (id := f"{stem}.{number}") in taken:
        number += 1
    taken.add(id)
    return id


# -- turns -------------------------------------------------------------------------------------------------------------


def _turned(
    diarization: Diarization, stretches: Sequence[Stretch], speaker: str, segments: Sequence[Segment]
) -> Diarization:
    """The turns, with the time of the stretches given to ``speaker``."""
    if not len(diarization):
        return diarization
    taken = {turn.id for turn in diarization}
    said: dict[str | None, list[Word]] = {}
    for word in (word for segment in segments for word in _words(segment)):
        said.setdefault(word.speaker, []).append(word)
    turns: list[Turn] = []
    given: list[Span] = []
    for turn in diarization:
        own = union(stretch for stretch in stretches if stretch.speaker == turn.speaker and stretch.overlap(turn))
        if not own:
            turns.append(turn)
            continue
        words = said.get(turn.speaker, ())
        kept = [part for part in _without(turn, own) if part.duration >= SLIVER or any(map(part.overlap, words))]
        gone = _without(turn, kept)
        for number, part in enumerate(kept):
            id = turn.id if not number or not turn.id else _free(turn.id, taken)
            turns.append(replace(turn, start=part.start, end=part.end, id=id))
        for number, part in enumerate(gone):
            id = turn.id if not turn.id or not (number or kept) else _free(turn.id, taken)
            turns.append(Turn(part.start, part.end, speaker=speaker, id=id))
        given += gone
    for stretch in stretches:
        if stretch and not any(stretch.overlap(span) for span in given):
            id = stretch.segment and _free(f"t-{stretch.segment}", taken)
            turns.append(Turn(stretch.start, stretch.end, speaker=speaker, id=id))
    return Diarization(in_order(joined(turns, speaker)))


def _words(segment: Segment) -> Sequence[Word]:
    """The words of a segment, each with its speaker; one without words is a word."""
    if not segment.words:
        return [Word(segment.start, segment.end, text=segment.text, speaker=segment.speaker)]
    return [word if word.speaker else _by(word, segment.speaker) for word in segment.words]


def _without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span; the holes are in the order of time and do not overlap."""
    left, at = [], span.start
    for hole in holes:
        if hole.start > at:
            left.append(Span(at, min(hole.start, span.end)))
        at = max(at, hole.end)
    if at < span.end:
        left.append(Span(at, span.end))
    return [part for part in left if part]
