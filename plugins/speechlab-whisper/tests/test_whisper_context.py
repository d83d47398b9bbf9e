"""A short context: what is encoded, what it may become, and that a clip that fails is decoded padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_whisper import DecodingOptions, WhisperOptions, decoding
from speechlab_whisper.encoding import WINDOW, context, encode
from speechlab_whisper.engine import Whisper
from speechlab_whisper.takes import Take

from speechlab import Audio, Segment
from speechlab.testing import silence, speech, words

ENGLISH, SPANISH = speech("en"), speech("es")
SHORT = WhisperOptions(context="short")
CLIPS = [ENGLISH.audio.crop(said.start - 0.3, said.end + 0.3) for said in ENGLISH.transcript]
ALL = ENGLISH.audio
TWICE = Audio(np.tile(ALL.mono, 2), ALL.sample_rate, start=50.0)
"""Longer than the floor, so of another context than one sentence."""


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is long looks like a loop, unless it is padded."""
    monkeypatch.setattr(Take, "loops", lambda take, options: options.context == "short" and len(take.tokens) > 16)


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was encoded: how, and how many clips."""
    asked: list[tuple[str, int]] = []

    def encoded(model: Any, clips: Sequence[Audio], options: DecodingOptions) -> Any:
        asked.append((options.context, len(clips)))
        return encode(model, clips, options)

    monkeypatch.setattr(decoding, "encode", encoded)
    return asked


def text(segments: list[Segment]) -> list[str]:
    return words(" ".join(segment.text for segment in segments))


# -- what is encoded ---------------------------------------------------------------------------------------------------


@given(
    seconds=st.floats(0.1, 30, allow_nan=False),
    margin=st.floats(0, 30, allow_nan=False),
    floor=st.floats(1, 30, allow_nan=False),
)
def test_a_context_holds_the_clip_and_its_margin_as_far_as_the_window_goes(
    seconds: float, margin: float, floor: float
) -> None:
    clip = silence(seconds)
    heard = context(clip, DecodingOptions(context="short", context_margin=margin, context_floor=floor))
    assert min(WINDOW, max(floor, clip.duration + margin)) <= heard <= WINDOW
    assert heard < max(floor, clip.duration + margin + 1) + 1e-9
    assert context(clip, DecodingOptions(context_margin=margin, context_floor=floor)) == WINDOW


def test_only_so_much_is_encoded(tiny: Whisper) -> None:
    clips = [CLIPS[0], TWICE, CLIPS[1]]
    groups = encode(tiny._model, clips, SHORT)
    assert [places for places, _ in groups] == [[0, 2], [1]]
    assert [encoded.features.shape[:2] for _, encoded in groups] == [
        [2, 50 * SHORT.context_floor],
        [1, 50 * context(TWICE, SHORT)],
    ]
    [(places, encoded)] = encode(tiny._model, clips, WhisperOptions())
    assert (places, encoded.features.shape[:2]) == ([0, 1, 2], [3, 1500])


# -- what is heard -----------------------------------------------------------------------------------------------------


def test_the_same_is_heard_at_the_same_time(tiny: Whisper) -> None:
    for clip in (*CLIPS, TWICE):
        short, padded = (list(tiny.transcribe(clip, options)) for options in (SHORT, WhisperOptions()))
        assert text(short) == text(padded)
        for one, other in zip(
            (word for segment in short for word in segment.words),
            (word for segment in padded for word in segment.words),
            strict=True,
        ):
            assert one.start == pytest.approx(other.start, abs=0.3)
            assert clip.start <= one.start <= one.end <= clip.end


def test_clips_of_different_lengths_are_answered_for_in_order(tiny: Whisper) -> None:
    audios = [CLIPS[0], TWICE, silence(0.05), CLIPS[1]]
    together = [list(answer) for answer in tiny.transcribe_batch(audios, SHORT)]
    assert together == [list(tiny.transcribe(audio, SHORT)) for audio in audios]
    assert text(together[1]) == words(ENGLISH.text) * 2


def test_the_prompt_and_hotwords_are_read(tiny: Whisper) -> None:
    british = SHORT.model_copy(update={"prompt": "The harbour is grey. My favourite colour."})
    for options in (british, british.model_copy(update={"hotwords": "harbour"})):
        assert text(list(tiny.transcribe(CLIPS[0], options)))[-1] == "harbour"
    long = SHORT.model_copy(update={"prompt": "The keeper of the lighthouse. " * 200})
    assert "lighthouse" in text(list(tiny.transcribe(CLIPS[0], long)))


def test_a_beam_hears_the_same(tiny: Whisper) -> None:
    heard = list(tiny.transcribe(CLIPS[1], SHORT.model_copy(update={"beam_size": 3})))
    assert text(heard) == words(ENGLISH.transcript.segments[1].text)


def test_languages_are_told_apart_whatever_the_length(base: Whisper) -> None:
    audios = [SPANISH.audio, CLIPS[0], TWICE]
    own = base.transcribe_batch(audios, SHORT.model_copy(update={"multilingual": True}))
    assert [{segment.language for segment in answer} for answer in own] == [{"es"}, {"en"}, {"en"}]
    shared = base.transcribe_batch(audios, SHORT)
    assert [{segment.language for segment in answer} for answer in shared] == [{"en"}] * 3


def test_speech_is_translated(base: Whisper) -> None:
    heard = list(base.translate_speech(SPANISH.audio, "en", DecodingOptions(context="short")))
    assert {"sister", "bread", "milk", "beach", "friends"} <= set(text(heard))
    assert {segment.language for segment in heard} == {"en"}


# -- what fails --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loops")
def test_a_loop_is_decoded_padded(tiny: Whisper, contexts: list[tuple[str, int]]) -> None:
    heard = list(tiny.transcribe(TWICE, SHORT))
    assert contexts == [("short", 1), ("padded", 1)]
    assert heard == list(tiny.transcribe(TWICE, WhisperOptions()))


@pytest.mark.usefixtures("loops")
def test_only_the_clip_that_failed_is_decoded_padded(tiny: Whisper, contexts: list[tuple[str, int]]) -> None:
    answers = [list(answer) for answer in tiny.transcribe_batch([CLIPS[0], TWICE, CLIPS[1]], SHORT)]
    assert contexts == [("short", 3), ("padded", 1)]
    assert text(answers[1]) == words(ENGLISH.text) * 2
    assert [text(answers[i]) for i in (0, 2)] == [words(said.text) for said in ENGLISH.transcript.segments[:2]]


@pytest.mark.usefixtures("loops")
def test_the_language_is_found_again_where_everything_failed(base: Whisper, monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter(["en", "es"])
    monkeypatch.setattr(
        type(base._model.model), "detect_language", lambda model, features: [[(f"<|{next(told)}|>", 1.0)]]
    )
    heard = list(base.transcribe(SPANISH.audio, SHORT))
    assert {segment.language for segment in heard} == {"es"}
    assert text(heard) == words(SPANISH.text)


def test_what_is_longer_than_expected_but_no_loop_is_heard_to_its_end(
    tiny: Whisper, monkeypatch: pytest.MonkeyPatch, contexts: list[tuple[str, int]]
) -> None:
    monkeypatch.setattr(decoding, "TOKENS_PER_SECOND", 0)
    monkeypatch.setattr(decoding, "FIRST_TOKENS", 2)
    assert text(list(tiny.transcribe(CLIPS[0], SHORT))) == words(ENGLISH.transcript.segments[0].text)
    assert contexts == [("short", 1)]
    [cut] = tiny.transcribe(CLIPS[0], SHORT.model_copy(update={"fallback": "off"}))
    assert 1 <= len(cut.text.split()) <= 2
