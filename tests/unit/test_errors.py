"""Errors are a sentence: on one line, and not as long as what somebody gave by mistake."""

from __future__ import annotations

import time

import pytest

from speechlab import ConfigError, EngineFailed


@pytest.mark.parametrize("given", ["x" * 5000, "it's " * 1000, 'say "it\'s" ' * 500, "\\" * 300, "\ud800" * 200])
def test_what_somebody_gave_is_quoted_as_far_as_it_can_be_read(given: str) -> None:
    told = str(ConfigError(f"tts/toy has no voice {given!r}, and the speaker's {[given]!r} isn't one", hint="name one"))
    assert told.startswith(f"tts/toy has no voice {repr(given)[:20]}")
    assert told.endswith("…'] isn't one") or told.endswith("…\"] isn't one")
    assert len(told) < 300


def test_what_is_short_and_what_is_no_quotation_stays() -> None:
    for told in (f"no voice {'x' * 99!r}", f"the engine's own {'words ' * 40}aren't quoted, 'these' are"):
        assert str(ConfigError(told)) == told


def test_what_is_longer_than_any_name_of_a_file_is_no_name() -> None:
    assert str(ConfigError(f"there is no file /a/{'x' * 5000} here")) == f"there is no file /a/{'x' * 60}… here"
    longest = f"there is no file /a/{'y' * 255} here"
    assert str(ConfigError(longest)) == longest


def test_halves_of_letters_are_spelt_out() -> None:
    assert str(ConfigError("no file \ud800.csv")) == "no file \\ud800.csv"


def test_a_page_of_a_library_becomes_its_beginning_and_end() -> None:
    told = str(EngineFailed("it failed: " + "\n  at line 7" * 400 + "\nout of memory"))
    assert told.startswith("it failed: at line 7 at line 7")
    assert told.endswith("out of memory")
    assert len(told) < 700


def test_however_much_was_given_it_is_told_at_once() -> None:
    began = time.process_time()
    for given in ("'" * 5000 + "x" * 200_000, " 'a" * 20_000, " \\'" * 20_000, "x" * 200_000):
        str(ConfigError(f"no voice {given!r} and {given}"))
    assert time.process_time() - began < 10  # seconds: it would take minutes if it grew with the square
