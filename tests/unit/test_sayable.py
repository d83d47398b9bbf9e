"""What of a text can be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechlab import sayable


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dr. Smith paid 5 €; №7 is at 20 °C.", "Dr. Smith paid 5 €; №7 is at 20 °C."),
        ("two\n\nparagraphs", "two\n\nparagraphs"),
        ("می\N{ZERO WIDTH NON-JOINER}روم", "می\N{ZERO WIDTH NON-JOINER}روم"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("你好", "你好"),
        ("a\x00b\N{RIGHT-TO-LEFT OVERRIDE}c\ud800d", "a b c d"),
        ("sun \N{BLACK SUN WITH RAYS}\N{VARIATION SELECTOR-16}", "sun"),
        ("\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4} hi", "hi"),
        ("\N{GRINNING FACE}\N{THUMBS UP SIGN} ... — !", ""),
        (" \n\t", ""),
        ("", ""),
    ],
)
def test_letters_stay_and_pictures_go(text: str, left: str) -> None:
    assert sayable(text) == left


@given(st.text())
def test_what_is_left_can_be_written_and_is_left_again(text: str) -> None:
    left = sayable(text)
    left.encode()
    assert sayable(left) == left
    assert not left or any(map(str.isalnum, left))
