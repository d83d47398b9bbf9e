"""A match that is written and read is the same."""

from __future__ import annotations

import numpy as np
import pytest
from speechlab_voicematch.manner import Manner
from speechlab_voicematch.match import Match, Matched
from speechlab_voicematch.person import Person
from speechlab_voicematch.transfer import Repertoire
from speechlab_voicematch.written import person_read, person_written, read, written

from speechlab import Voice

VOICE = Voice("matched-1", "Ada (matched)")


def person(repertoire: bool) -> Person:
    rng = np.random.default_rng(0)
    colour, present = rng.standard_normal((2, 9))
    sounds = Repertoire(*rng.standard_normal((2, 5, 9)).astype(np.float32), present) if repertoire else None
    return Person(rng.standard_normal(4).astype(np.float32), Manner(4.8, 0.3, colour), present, sounds)


def matched(repertoire: bool) -> Matched:
    colour, tone = np.random.default_rng(1).standard_normal((2, 9))
    return Matched(VOICE, "af_heart:1.000", Match(person(repertoire), Manner(5.0, 0.2, colour), 0.96, tone))


def same(one: Person, two: Person) -> bool:
    pairs = [(one.likeness, two.likeness), (one.present, two.present), (one.manner.colour, two.manner.colour)]
    if one.repertoire and two.repertoire:
        pairs += [
            (getattr(one.repertoire, part), getattr(two.repertoire, part)) for part in ("content", "shapes", "present")
        ]
    return (
        all(np.array_equal(first, second) for first, second in pairs)
        and (one.manner.pitch, one.manner.range) == (two.manner.pitch, two.manner.range)
        and (one.repertoire is None) == (two.repertoire is None)
    )


@pytest.mark.parametrize("repertoire", [True, False])
def test_what_is_written_is_read(repertoire: bool) -> None:
    made = matched(repertoire)
    again = read(written(made, "these"), VOICE, "these")
    assert (again.voice, again.recipe, again.match.warp) == (VOICE, made.recipe, made.match.warp)
    assert (again.match.own.pitch, again.match.own.range) == (made.match.own.pitch, made.match.own.range)
    assert np.array_equal(again.match.own.colour, made.match.own.colour)
    assert np.array_equal(again.match.tone, made.match.tone)
    assert same(again.match.person, made.match.person)


@pytest.mark.parametrize("repertoire", [True, False])
def test_what_is_written_of_a_person_is_read(repertoire: bool) -> None:
    made = person(repertoire)
    assert same(person_read(person_written(made, "these"), "these"), made)


@pytest.mark.parametrize("data", [written(matched(True), "others"), b"", b"PK rubbish"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, OSError, EOFError)):
        read(data, VOICE, "these")
    with pytest.raises((ValueError, OSError, EOFError)):
        person_read(data, "these")
