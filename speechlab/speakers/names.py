"""Speakers under other names, everywhere in a recording: segments, words, translations and turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ..types import Diarization, Recording, Segment, Transcript, Turn


def speakers_of(recording: Recording) -> tuple[str, ...]:
    """Everybody who speaks, in the order of first speech."""
    heard = sorted(_heard(recording), key=lambda pair: pair[0])
    return tuple(dict.fromkeys(speaker for _, speaker in heard))


def _heard(recording: Recording) -> Iterator[tuple[float, str]]:
    for turn in recording.diarization:
        yield turn.start, turn.speaker
    for track in (recording.transcript, *recording.translations.values()):
        for segment in track:
            if segment.speaker:
                yield segment.start, segment.speaker
            for word in segment.words:
                if word.speaker:
                    yield word.start, word.speaker


def relabelled(recording: Recording, names: Mapping[str, str]) -> Recording:
    """The recording with these speakers called otherwise, all at once. Those who are then called the same are one."""
    names = {old: new for old, new in names.items() if old != new}
    there = speakers_of(recording)
    if not names.keys() & set(there):
        return recording

    def label(speaker: str | None) -> str | None:
        return speaker if speaker is None else names.get(speaker, speaker)

    def segment(old: Segment) -> Segment:
        words = tuple(replace(word, speaker=label(word.speaker)) for word in old.words)
        return replace(old, speaker=label(old.speaker), words=words)

    turns = [_called(turn, names.get(turn.speaker, turn.speaker)) for turn in recording.diarization]
    new = [names.get(speaker, speaker) for speaker in there]
    for name in {name for name in new if new.count(name) > 1}:
        turns = joined(turns, name)
    return replace(
        on_tracks(recording, lambda track: Transcript(tuple(map(segment, track)), track.language)),
        diarization=Diarization(in_order(turns)),
    )


def on_tracks(recording: Recording, change: Callable[[Transcript], Transcript]) -> Recording:
    """The recording with its transcript and each translation changed alike."""
    return replace(
        recording,
        transcript=change(recording.transcript),
        translations={to: change(track) for to, track in recording.translations.items()},
    )


def _called(turn: Turn, name: str) -> Turn:
    """The turn under another name; what was said of the likeness of the voice is not said of that one."""
    return turn if name == turn.speaker else replace(turn, speaker=name, similarity=None)


def joined(turns: Iterable[Turn], speaker: str) -> list[Turn]:
    """The same turns, but those of one speaker that overlap or touch made one, which has the first's id."""
    made: list[Turn] = []
    own: list[Turn] = []
    for turn in turns:
        (own if turn.speaker == speaker else made).append(turn)
    last: Turn | None = None
    for turn in in_order(own):
        if last is not None and turn.start <= last.end:
            last = replace(last, end=max(last.end, turn.end), similarity=_more(last.similarity, turn.similarity))
            made[-1] = last
        else:
            made.append(last := turn)
    return made


def in_order(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """As a recording has its turns."""
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.end, turn.id, turn.speaker)))


def _more(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)
