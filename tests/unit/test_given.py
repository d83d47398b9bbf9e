"""Whoever gives the lab something of another type is told what it takes, in one sentence."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import pytest

from speechlab import Audio, AudioError, ConfigError, Consent, Lab
from speechlab.given import fits
from speechlab.source import Source

from .voice_doubles import VoicePlugin, tone

STRANGE: tuple[Any, ...] = (3, 2.5, True, b"bytes", ["x"], {"a": 1}, object(), float("nan"), np.zeros(5), io.BytesIO())


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(VoicePlugin(), discover=False, home=tmp_path_factory.mktemp("home")) as made:
        yield made


def named(strange: object) -> str:
    """What a value is called in a test's name, the same in every process."""
    return type(strange).__name__


@pytest.mark.parametrize("strange", [None, *STRANGE], ids=named)
def test_who_gives_no_text_is_told_so(lab: Lab, strange: Any) -> None:
    for call in (lab.speak, lab.speaking, lab.quote, lab.library.find, lab.library.remove):
        with pytest.raises(ConfigError, match=r"^(text|name) is a text, not ") as caught:
            call(strange)
        assert re.match(r"help\((lab|library)\.\w+\) tells what it takes", caught.value.hint)


@pytest.mark.parametrize("strange", STRANGE, ids=named)
def test_what_chooses_is_a_text_or_left_out(lab: Lab, strange: Any) -> None:
    clip = tone(4.0)
    for name, call in (
        ("voice", lambda: lab.speak("Hello.", strange)),
        ("engine", lambda: lab.speak("Hello.", engine=strange)),
        ("language", lambda: lab.speak("Hello.", language=strange)),
        ("name", lambda: lab.clone(clip, strange, "my own voice")),
        ("engine", lambda: lab.clone(clip, "me", "my own voice", strange)),
        ("consent", lambda: lab.clone(clip, "me", strange)),
        ("voice", lambda: lab.name_voice("me", strange)),
        ("voice", lambda: lab.convert(clip, strange)),
        ("consent", lambda: lab.convert(clip, "me", consent=strange)),
    ):
        with pytest.raises(ConfigError, match=rf"^{name} is a text( or a Consent)?, not "):
            call()


@pytest.mark.parametrize("strange", [None, *STRANGE[:-1], Consent("", "", "")], ids=named)
def test_what_is_no_sound_is_told_wherever_sound_is_wanted(lab: Lab, strange: Any) -> None:
    for call in (
        lambda: lab.reference(strange),
        lambda: lab.clone(strange, "me", "my own voice", "parrot"),
        lambda: lab.convert(strange, "me", "changer", consent="asked"),
        lambda: lab.provenance(strange),
        lambda: Source(strange),
    ):
        with pytest.raises((AudioError, ConfigError), match=r"is no sound|is a text or a path or an open file") as told:
            call()
        assert len(str(told.value)) < 120
        assert told.value.hint


def test_which_sentences_are_wanted_is_a_list_of_numbers(lab: Lab) -> None:
    for strange in (3, "12", ["1"], [None], True):
        with pytest.raises(ConfigError, match="only is a list of whole numbers, not"):
            lab.speaking("One. Two.", engine="parrot", only=strange)  # type: ignore[arg-type]
    for fine in ([1], {1}, range(1, 2), np.array([1])):
        assert [one.index for one in lab.speaking("One. Two.", engine="parrot", only=fine)] == [1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "hint", "told"),
    [
        (None, str | None, True),
        ("a", Path, False),
        (io.BytesIO(), BinaryIO, True),
        ("a", BinaryIO, False),
        (np.int64(3), int, True),
        ("each", int | Literal["each"], True),
        ("all", int | Literal["each"], False),
        ("ab", Collection[str], False),
        (iter("ab"), Iterator[str], True),
        (tone(1.0), Audio, True),
    ],
)
def test_a_value_is_of_a_type_or_not(value: object, hint: Any, told: bool) -> None:
    assert fits(value, hint) is told
