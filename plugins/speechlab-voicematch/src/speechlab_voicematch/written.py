"""What was learnt of a voice as bytes: what the host keeps, so that it need not be learnt again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from speechlab import Voice

from .manner import Manner
from .match import Match, Matched
from .person import Person
from .transfer import Repertoire

LAYOUT = 2
"""Raised when the way of matching changes, so that what was learnt before is learnt anew."""


def person_written(person: Person, made_with: str) -> bytes:
    """All that is known of somebody. ``made_with`` tells by what they were heard."""
    return _packed(_of_person(person), made_with)


def person_read(data: bytes, made_with: str) -> Person:
    """The same again. Raises ValueError where it was made in another way, or with other things."""
    with _opened(data, made_with) as told:
        return _person(told)


def written(matched: Matched, made_with: str) -> bytes:
    """All that is known of a voice, but for whose it is. ``made_with`` tells with what it was matched."""
    match = matched.match
    own = {"recipe": matched.recipe, "warp": match.warp, "tone": match.tone}
    return _packed(own | _of_manner("own", match.own) | _of_person(match.person), made_with)


def read(data: bytes, voice: Voice, made_with: str) -> Matched:
    """The same again. Raises ValueError where it was made in another way, or with other things."""
    with _opened(data, made_with) as told:
        match = Match(_person(told), _manner("own", told), float(told["warp"]), told["tone"])
        return Matched(voice, str(told["recipe"]), match)


def _packed(told: Mapping[str, Any], made_with: str) -> bytes:
    out = io.BytesIO()
    np.savez(out, layout=LAYOUT, made_with=made_with, **told)
    return out.getvalue()


@contextmanager
def _opened(data: bytes, made_with: str) -> Iterator[Mapping[str, Any]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as told:
        if int(told["layout"]) != LAYOUT or str(told["made_with"]) != made_with:
            raise ValueError("it was matched in another way")
        yield told


def _of_person(person: Person) -> dict[str, Any]:
    told = {"likeness": person.likeness, "present": person.present} | _of_manner("wanted", person.manner)
    sounds = person.repertoire
    return told | ({"content": sounds.content, "shapes": sounds.shapes} if sounds else {})


def _person(told: Mapping[str, Any]) -> Person:
    present = told["present"]
    sounds = Repertoire(told["content"], told["shapes"], present) if "content" in told else None
    return Person(told["likeness"], _manner("wanted", told), present, sounds)


def _of_manner(name: str, manner: Manner) -> dict[str, Any]:
    return {f"{name}_pitch": manner.pitch, f"{name}_range": manner.range, f"{name}_colour": manner.colour}


def _manner(name: str, told: Mapping[str, Any]) -> Manner:
    return Manner(float(told[f"{name}_pitch"]), float(told[f"{name}_range"]), told[f"{name}_colour"])
