"""When a clip is decoded again, and which of its takes is kept: with a decoder that plays a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from ctranslate2 import StorageView
from faster_whisper.tokenizer import Tokenizer
from speechlab_whisper import DecodingOptions
from speechlab_whisper.decoding import Decoder
from speechlab_whisper.encoding import Encoded
from speechlab_whisper.takes import LESS_LIKELY, TEMPERATURES, Take

from speechlab.testing import silence

GOOD = Take([1], avg_logprob=-0.2, no_speech_prob=0.0, compression_ratio=1.2, endless=False)
LOOP = replace(GOOD, compression_ratio=9.0, endless=True)
CHANT = replace(GOOD, compression_ratio=9.0)
CUT = replace(GOOD, endless=True)
UNLIKELY = replace(GOOD, avg_logprob=-1.5)


class Scripted(Decoder):
    """Gives the takes of a script, and keeps what was asked for."""

    def __init__(self, fallback: str, *takes: Take, context: str = "padded") -> None:
        super().__init__(
            SimpleNamespace(model=SimpleNamespace(is_multilingual=True)),  # type: ignore[arg-type]
            "transcribe",
            DecodingOptions(fallback=fallback, context=context),  # type: ignore[arg-type]
        )
        self._script: Iterator[Take] = iter(takes)
        self.asked: list[dict[str, Any]] = []

    def _generate(self, encoded: Encoded, tokenizer: Tokenizer, **changes: Any) -> list[Take]:
        self.asked.append(changes)
        return [next(self._script) for _ in encoded.clips]

    def takes(self, clips: int = 1) -> list[Take | None]:
        return self._takes(heard(clips), None)  # type: ignore[arg-type]


def heard(clips: int) -> Encoded:
    """So many clips, of which nothing was heard."""
    return Encoded([silence(1)] * clips, StorageView.from_array(np.zeros((clips, 1, 1), np.float32)))


@pytest.mark.parametrize("fallback", ["penalty", "temperature", "off"])
def test_a_good_take_is_kept(fallback: str) -> None:
    decoder = Scripted(fallback, GOOD)
    assert decoder.takes() == [GOOD]
    assert decoder.asked == [{}]


def test_a_loop_without_end_is_decoded_again_with_repeats_less_likely() -> None:
    decoder = Scripted("penalty", LOOP, GOOD)
    assert decoder.takes() == [GOOD]
    assert decoder.asked == [{}, dict(LESS_LIKELY[0])]


def test_only_the_clip_that_failed_is_decoded_again() -> None:
    decoder = Scripted("penalty", UNLIKELY, LOOP, CHANT, GOOD)
    assert decoder.takes(3) == [UNLIKELY, GOOD, CHANT]
    assert len(decoder.asked) == 2


def test_what_is_said_again_and_again_but_ends_is_believed() -> None:
    decoder = Scripted("penalty", CHANT)
    assert decoder.takes() == [CHANT]


def test_where_every_take_loops_the_likeliest_is_kept() -> None:
    better = replace(LOOP, avg_logprob=-0.1)
    decoder = Scripted("penalty", LOOP, replace(LOOP, avg_logprob=-0.3), better)
    assert decoder.takes() == [better]
    assert len(decoder.asked) == 1 + len(LESS_LIKELY)


def test_sampling_goes_through_the_temperatures_and_keeps_the_likeliest_that_does_not_loop() -> None:
    best = replace(UNLIKELY, avg_logprob=-1.1)
    decoder = Scripted("temperature", CHANT, UNLIKELY, best, *[UNLIKELY] * 3)
    assert decoder.takes() == [best]
    assert [asked.get("sampling_temperature", 0.0) for asked in decoder.asked] == [0.0, *TEMPERATURES]


def test_sampling_stops_at_the_first_good_take() -> None:
    decoder = Scripted("temperature", UNLIKELY, UNLIKELY, GOOD)
    assert decoder.takes() == [GOOD]
    assert len(decoder.asked) == 3


def test_without_fallback_a_loop_is_kept() -> None:
    assert Scripted("off", LOOP).takes() == [LOOP]


def test_with_a_short_context_a_loop_leaves_the_clip_to_be_padded() -> None:
    decoder = Scripted("penalty", GOOD, LOOP, CHANT, UNLIKELY, context="short")
    assert decoder.takes(4) == [GOOD, None, None, UNLIKELY]
    assert decoder.asked == [{}]


def test_with_a_short_context_what_is_cut_off_but_no_loop_gets_more_room() -> None:
    decoder = Scripted("penalty", CUT, CUT, LOOP, GOOD, CUT, context="short")
    assert decoder.takes(3) == [GOOD, None, None]
    assert decoder.asked == [{}, {"roomy": True}, {"roomy": True}]


def test_with_a_short_context_nothing_is_sampled() -> None:
    decoder = Scripted("temperature", GOOD, CHANT, UNLIKELY, context="short")
    assert decoder.takes(3) == [GOOD, None, None]
    assert decoder.asked == [{}]


def test_without_fallback_a_short_context_is_believed() -> None:
    assert Scripted("off", LOOP, context="short").takes() == [LOOP]
