"""Encoder-decoders other than Whisper: one text for each clip, in the language that they are told to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from speechlab_transformers import SpeechTranslateOptions, TransformersOptions

from speechlab import Audio, ConfigError, Segment

Load = Callable[..., Any]


def heard(engine: Any, audio: Audio, **options: Any) -> list[Segment]:
    return list(engine.transcribe(audio, TransformersOptions(**options)))


@pytest.mark.parametrize(
    ("name", "language"),
    [("moonshine", None), ("moonshine", "en"), ("speech_encoder_decoder", "de"), ("seamless", "fr")],
)
def test_each_clip_gives_one_segment(load: Load, sounds: list[Audio], name: str, language: str | None) -> None:
    engine = load(name)
    batch = list(engine.transcribe_batch(sounds, TransformersOptions(language=language, batch_size=3)))
    for audio, answer in zip(sounds, batch, strict=True):
        [segment] = heard(engine, audio, language=language)
        assert (segment.start, segment.end) == (audio.start, pytest.approx(audio.end))
        assert segment.language == language
        assert segment.text
        assert [one.text for one in answer] == [segment.text]


def test_only_networks_that_padding_does_not_harm_are_given_it(load: Load) -> None:
    names = ("moonshine", "seamless", "speech_encoder_decoder")
    assert [load(name)._reader._pads for name in names] == [True, True, False]


def test_more_beams_are_another_search(load: Load, sounds: list[Audio]) -> None:
    assert heard(load("moonshine"), sounds[0], beam_size=4)


def test_moonshine_only_writes_what_is_said(load: Load, sounds: list[Audio]) -> None:
    with pytest.raises(ConfigError, match="does not translate"):
        heard(load("moonshine"), sounds[0], task="translate")


def test_seamless_writes_the_language_it_is_told(load: Load, sounds: list[Audio]) -> None:
    engine = load("seamless")
    [said] = heard(engine, sounds[0], language="en")
    [translated] = list(engine.translate_speech(sounds[0], "pt-BR", SpeechTranslateOptions(language="en")))
    assert (said.language, translated.language) == ("en", "pt")
    assert said.text != translated.text
    [chinese] = list(engine.translate_speech(sounds[0], "zh", SpeechTranslateOptions()))
    assert chinese.language == "zh"


@pytest.mark.parametrize(("language", "match"), [(None, "must be told"), ("de", "does not know the language 'de'")])
def test_seamless_refuses_a_language_that_it_does_not_write(
    load: Load, sounds: list[Audio], language: str | None, match: str
) -> None:
    with pytest.raises(ConfigError, match=match):
        heard(load("seamless"), sounds[0], language=language)
