"""What is named in a segment's text (people, places, numbers), by characters: what a text engine found, read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .transcript import Segment

ENTITIES = "entities"
"""The key of ``Segment.extra`` under which they stand."""
OF_THE_TEXT = (ENTITIES, "key_phrases", "sentiment")
"""The keys that tell of the text as it was; another text needs them anew."""


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """One thing that is named, at the characters [start, end) of the text."""

    start: int
    end: int
    kind: str
    """What it is, as presidio calls it: ``PERSON``, ``PHONE_NUMBER``, ``LOCATION``."""
    text: str


def entities(segment: Segment) -> list[Entity] | None:
    """What is named in the segment, in the order of the text; None where nobody has looked."""
    told = segment.extra.get(ENTITIES)
    if told is None:
        return None
    return sorted(Entity(int(one["start"]), int(one["end"]), str(one["kind"]), str(one["text"])) for one in told)


def anew(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a segment, without what is no longer true once it has another text."""
    return {key: value for key, value in extra.items() if key not in OF_THE_TEXT}


def cut(extra: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    """What is told of a segment, as it is told of the characters [start, end) of its text.

    An entity that reaches over a border is in both parts, each time with the characters that lie there.
    """
    if ENTITIES not in extra:
        return dict(extra)
    there = [one for one in extra[ENTITIES] if one["start"] < end and one["end"] > start]
    inside = [
        {
            **one,
            "start": max(one["start"], start) - start,
            "end": min(one["end"], end) - start,
            "text": one["text"][max(0, start - one["start"]) : min(one["end"], end) - one["start"]],
        }
        for one in there
    ]
    return {**extra, ENTITIES: inside}
