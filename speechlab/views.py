"""Other ways to look at a recording; the recording itself stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from .errors import ConfigError
from .types import Recording, Segment, Transcript, Word
from .types.entities import ENTITIES, Entity, entities

WITHHELD = "[REDACTED]"
"""Stands for a text of which nobody can tell where in it what must not be read is."""
NAMING_NOTHING = frozenset({"suspect", "language", "sentiment", "heard", "confidence"})
"""Keys of ``Segment.extra`` that hold no words of the speaker."""


def redacted(recording: Recording, kinds: Collection[str] | None = None) -> Recording:
    """The recording without what would tell who is spoken of: ``[PERSON]`` stands for a person's name.

    What is redacted are the entities that a text engine found in each segment, in its text and in its words; only those
    of the ``kinds``, if any are named. What an entity was is gone from everything else that is told of the segment, and
    since no offset points into a translation or into spoken sound, those of a segment with something to redact are
    withheld whole. The names of speakers stay: who speaks is what the user called them.

    Raises ConfigError where nobody has looked for entities: nothing may seem safe that is not.
    """
    said = recording.transcript
    if any(segment.text.strip() and entities(segment) is None for segment in said):
        raise ConfigError(
            "nobody has looked for personal data in this recording, so it cannot be redacted",
            hint='let a text engine find it, behind all that changes the text: [[stage]] use = "text/presidio"',
        )
    if not said and recording.translations:
        raise ConfigError(
            "there is only a translation of this recording, in which nobody looks for personal data",
            hint="recognise it too, and let text/presidio look at the transcript",
        )
    made = [without(segment, kinds) for segment in said]
    known = {segment.id for segment in said}
    touched = {segment.id for segment, clean in zip(said, made, strict=True) if clean is not segment}
    return replace(
        recording,
        transcript=Transcript(tuple(made), said.language),
        translations=MappingProxyType(
            {to: _withheld(track, touched, known) for to, track in recording.translations.items()}
        ),
        synthesis=tuple(chunk for chunk in recording.synthesis if chunk.segment_id not in touched),
    )


def without(segment: Segment, kinds: Collection[str] | None = None) -> Segment:
    """The segment without its entities of these kinds, or of any."""
    found = [one for one in entities(segment) or () if kinds is None or one.kind in kinds]
    if not found:
        return segment
    places = _placed(segment.text, found)
    if places is None:
        return replace(segment, text=WITHHELD, words=(), extra=_harmless(segment.extra, []))
    text, moved = _replaced(segment.text, places)
    return replace(segment, text=text, words=_words(segment, places), extra=_harmless(segment.extra, moved))


def _placed(text: str, found: Iterable[Entity]) -> list[Entity] | None:
    """The entities where they are in the text, those that overlap as one; None where one is not to be found."""
    there: list[Entity] = []
    for one in found:
        if text[one.start : one.end] == one.text:
            there.append(one)
            continue
        at, again = text.find(one.text) if one.text else -1, False
        while at >= 0:  # the text was changed since: wherever it stands
            there.append(replace(one, start=at, end=at + len(one.text)))
            at, again = text.find(one.text, at + 1), True
        if not again:
            return None
    return _apart(there)


def _apart(found: Iterable[Entity]) -> list[Entity]:
    merged: list[Entity] = []
    for one in sorted(found):
        if merged and one.start < merged[-1].end:
            last = merged[-1]
            longer = max(last, one, key=lambda entity: entity.end - entity.start)
            merged[-1] = replace(last, end=max(last.end, one.end), kind=longer.kind)
        elif one.end > one.start:
            merged.append(one)
    return merged


def _mark(entity: Entity) -> str:
    return f"[{entity.kind}]"


def _replaced(text: str, places: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """The text with a mark for each entity, and where the marks are."""
    made, at, marks = "", 0, []
    for one in places:
        made += text[at : one.start]
        marks.append(replace(one, start=len(made), end=len(made) + len(_mark(one)), text=_mark(one)))
        made, at = made + _mark(one), one.end
    return made + text[at:], marks


def _words(segment: Segment, places: list[Entity]) -> tuple[Word, ...]:
    """The words, those that an entity lies in as one with its mark. Where the text does not hold the words as they are,
    none: nobody can tell which of them say what."""
    made: list[Word] = []
    began, ended = 0, -1
    """Where in the text the last word lies."""
    at = 0
    for word in segment.words:
        bare = word.text.strip()
        start = segment.text.find(bare, at)
        if start < 0 or any(character.isalnum() for character in segment.text[at:start]):
            return ()
        at = end = start + len(bare)
        if any(one.start < ended and one.end > start for one in places):  # goes on from the word before
            last = made.pop()
            known = [one.confidence for one in (last, word) if one.confidence is not None]
            word = replace(last, end=max(last.end, word.end), confidence=min(known, default=None))
            start = began
        if any(one.start < end and one.end > start for one in places):
            word = replace(word, text=_inside(segment.text, places, start, end))
        made.append(word)
        began, ended = start, end
    return () if any(character.isalnum() for character in segment.text[at:]) else tuple(made)


def _inside(text: str, places: Iterable[Entity], start: int, end: int) -> str:
    """The characters [start, end) of the text, with marks for the entities that lie there."""
    made, at = "", start
    for one in places:
        if one.start < end and one.end > start:
            made += text[at : max(at, one.start)] + _mark(one)
            at = min(one.end, end)
    return made + text[at:end]


def _harmless(extra: Mapping[str, Any], marks: list[Entity]) -> dict[str, Any]:
    """What is told of the segment, as far as it holds no words: numbers, and what names nothing."""
    kept = {key: told for key, told in extra.items() if key in NAMING_NOTHING or isinstance(told, bool | int | float)}
    named = [{"kind": one.kind, "start": one.start, "end": one.end, "text": one.text} for one in marks]
    return {**kept, ENTITIES: named}


def _withheld(track: Transcript, touched: Collection[str], known: Collection[str]) -> Transcript:
    """A translation without what it tells of the segments that something was redacted in, or that nobody looked at."""
    return Transcript(
        tuple(
            replace(segment, text=WITHHELD, words=(), extra=_harmless(segment.extra, []))
            if segment.id in touched or segment.id not in known
            else segment
            for segment in track
        ),
        track.language,
    )
