"""Markup that panels share stands once, in each of them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from speechlab.ui.assets import asset

STATIC = files("speechlab.ui") / "static"
PAGES = sorted(one.name for one in STATIC.iterdir() if one.name.endswith(".html"))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_out(name: str) -> None:
    assert not re.search(r"<!--.*\.html", asset(name))


def test_a_part_stands_where_it_is_named() -> None:
    part = (STATIC / "sound_giver.html").read_text(encoding="utf-8")
    for desk in ("conversion.html", "voice_desk.html"):
        assert "sound_giver.html" in (STATIC / desk).read_text(encoding="utf-8")
        assert asset(desk).count(part) == 1


def test_scripts_and_styles_are_given_as_they_are() -> None:
    assert asset("pulse.js") == (STATIC / "pulse.js").read_text(encoding="utf-8")
