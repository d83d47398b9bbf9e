"""What the host knows of Whisper before it is loaded: cards, models, languages."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import speechlab_whisper
from hypothesis import given
from hypothesis import strategies as st
from speechlab_whisper import DecodingOptions, WhisperOptions, WhisperParams
from speechlab_whisper.languages import LANGUAGES, WHISPER, bcp47, whisper_code
from speechlab_whisper.models import BASE, TINY_EN, Size, source

from speechlab import ConfigError, Context, EngineSpec, Kind


@pytest.fixture(scope="module")
def cards() -> dict[str, EngineSpec]:
    found: list[EngineSpec] = []
    speechlab_whisper.register_engines(found.append)
    return {spec.name: spec for spec in found}


def test_it_recognises_and_translates_with_one_loaded_model(cards: dict[str, EngineSpec]) -> None:
    asr, translator = cards["asr/whisper"], cards["speech-translate/whisper"]
    assert (asr.kind, translator.kind) == (Kind.ASR, Kind.SPEECH_TRANSLATE)
    assert (asr.load, asr.params) == (translator.load, translator.params)
    assert (asr.sample_rate, asr.window, asr.pads) == (16_000, 30.0, True)


def test_what_holds_live_are_values_of_its_parameters_and_options(cards: dict[str, EngineSpec]) -> None:
    for spec in cards.values():
        assert WhisperParams.model_validate({name: spec.live[name] for name in ("cpu_threads", "workers")}).workers == 0
        assert spec.options.model_validate({"context": spec.live["context"]}) != spec.options()
        assert set(spec.live) == {"context", "cpu_threads", "workers", "commit"}


def test_it_translates_into_english_alone(cards: dict[str, EngineSpec], tmp_path: Path) -> None:
    translator, context = cards["speech-translate/whisper"], Context(tmp_path)
    [ways] = translator.leads(WhisperParams(model="large-v3"), context)
    assert (ways.targets, ways.here) == (("en",), False)
    assert {"pt", "yue", "jv"} <= set(ways.sources)
    assert "en" not in ways.sources
    [ways] = translator.leads(WhisperParams(model=str(tmp_path)), context)
    assert ways.here
    assert translator.leads(WhisperParams(model="distil-small.en"), context) == ()


def test_a_translator_has_no_task(cards: dict[str, EngineSpec]) -> None:
    assert "task" in WhisperOptions.model_fields
    assert "task" not in DecodingOptions.model_fields


def test_any_model_can_be_asked_for_and_the_sizes_are_offered(cards: dict[str, EngineSpec]) -> None:
    knob = next(knob for knob in cards["asr/whisper"].knobs if knob.name == "model")
    assert knob.default == "base"
    assert knob.choices == get_args(Size)
    assert WhisperParams(model="owner/name").model == "owner/name"


# -- models ------------------------------------------------------------------------------------------------------------


def test_the_names_are_those_of_faster_whisper_with_its_hub_ids() -> None:
    from faster_whisper.utils import _MODELS

    for name, hub in _MODELS.items():
        weights, folder = source(name)
        assert (weights.hub, folder) == (hub, None)


def test_packaged_weights_are_pinned_whole() -> None:
    for weights in (BASE, TINY_EN):
        assert set(weights.files) == set(weights.packages) == set(weights.sha256)
    assert BASE.sha256["model.bin"].startswith("d01c3014881c9c6f")
    assert TINY_EN.sha256["model.bin"].startswith("1a5afae06a4db91c")


def test_a_hub_id_is_a_hub_id() -> None:
    weights, folder = source("Systran/faster-whisper-small")
    assert (weights.hub, weights.id, folder) == ("Systran/faster-whisper-small", "Systran--faster-whisper-small", None)


def test_a_folder_is_a_folder(tmp_path: Path) -> None:
    assert source(str(tmp_path))[1] == str(tmp_path)
    assert source("~/none/such")[1] == "~/none/such"
    assert source("./none")[1] == "./none"


def test_a_misspelt_model_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no model 'larg-v3'") as raised:
        source("larg-v3")
    assert "did you mean 'large-v3'?" in raised.value.hint
    with pytest.raises(ConfigError) as raised:
        source("zzz")
    assert "distil-large-v3.5" in raised.value.hint


# -- languages ---------------------------------------------------------------------------------------------------------


def test_the_languages_are_those_of_faster_whisper() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert sorted(WHISPER) == sorted(_LANGUAGE_CODES)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("pt-BR", "pt"),
        ("zh-Hant", "zh"),
        ("zh_CN", "zh"),
        ("cmn-Hans", "zh"),
        ("zh-yue", "yue"),
        ("yue-HK", "yue"),
        ("jv", "jw"),
        ("nb", "no"),
        ("nn-NO", "nn"),
        ("fil", "tl"),
        ("iw", "he"),
        ("haw", "haw"),
        ("sr-Latn", "sr"),
    ],
)
def test_tags_become_whispers_codes(tag: str, code: str) -> None:
    assert whisper_code(tag) == code


@given(st.sampled_from(WHISPER))
def test_what_whisper_tells_can_be_given_back_to_it(code: str) -> None:
    assert whisper_code(bcp47(code)) == code
    assert bcp47(code) in LANGUAGES


def test_an_unknown_language_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="does not know the language 'eng'") as raised:
        whisper_code("eng")
    assert "did you mean 'en'?" in raised.value.hint
    with pytest.raises(ConfigError) as raised:
        whisper_code("xx")
    assert "it knows: af, am," in raised.value.hint


def test_an_english_only_model_says_so() -> None:
    with pytest.raises(ConfigError) as raised:
        whisper_code("fr", ["en"])
    assert "English-only" in raised.value.hint


def test_cantonese_needs_a_newer_model() -> None:
    with pytest.raises(ConfigError) as raised:
        whisper_code("yue", WHISPER[:-1])
    assert "large-v3" in raised.value.hint
