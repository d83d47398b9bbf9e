"""A match that is written and read is the same."""

from __future__ import annotations

import numpy as np
import pytest
from speechlab_voicematch.manner import Manner
from speechlab_voicematch.match import Match
from speechlab_voicematch.transfer import Repertoire
from speechlab_voicematch.written import read, written

from speechlab import Voice

VOICE = Voice("matched-1", "Ada (matched)")


def match(repertoire: bool) -> Match:
    rng = np.random.default_rng(0)
    colours = rng.standard_normal((4, 9))
    sounds = Repertoire(*rng.standard_normal((2, 5, 9)).astype(np.float32), colours[2]) if repertoire else None
    manners = (Manner(5.0, 0.2, colours[0]), Manner(4.8, 0.3, colours[1]))
    return Match(VOICE, "af_heart:1.000", *manners, 0.96, colours[2], sounds, colours[3])


@pytest.mark.parametrize("repertoire", [True, False])
def test_what_is_written_is_read(repertoire: bool) -> None:
    made = match(repertoire)
    again = read(written(made, "these"), VOICE, "these")
    assert (again.voice, again.recipe, again.warp) == (VOICE, made.recipe, made.warp)
    pairs = [(made.own, again.own), (made.wanted, again.wanted)]
    assert all((one.pitch, one.range) == (two.pitch, two.range) for one, two in pairs)
    assert all(np.array_equal(one.colour, two.colour) for one, two in pairs)
    assert np.array_equal(made.present, again.present)
    assert np.array_equal(made.tone, again.tone)
    assert (again.repertoire is None) == (made.repertoire is None)
    if made.repertoire and again.repertoire:
        assert np.array_equal(made.repertoire.content, again.repertoire.content)
        assert np.array_equal(made.repertoire.shapes, again.repertoire.shapes)


@pytest.mark.parametrize("data", [written(match(True), "others"), b"", b"PK rubbish"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, OSError, EOFError)):
        read(data, VOICE, "these")
