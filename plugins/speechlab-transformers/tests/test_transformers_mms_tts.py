"""MMS-TTS: a voice for each language, found, loaded when it is first heard, and the same each time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from speechlab_transformers import MmsOptions, MmsParams, speaking, vits
from speechlab_transformers.listed import MMS_VOICES
from speechlab_transformers.speaking import Mms
from speechlab_transformers.voices import listed

from speechlab import Audio, ConfigError, Context, EngineFailed, EngineUnavailable, Languages
from speechlab.testing import no_sockets

Build = Callable[[str], Path]
TEXT = "Good morning. The old lighthouse stands at the end of the harbor."


@pytest.fixture(scope="module")
def folder(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Voices as a person may keep them: a folder for each language."""
    folder = tmp_path_factory.mktemp("voices")
    for code in ("eng", "fra"):
        shutil.copytree(build(f"mms_tts_{code}"), folder / f"mms-tts-{code}")
    return folder


@pytest.fixture(scope="module")
def mms(folder: Path, context: Context) -> Mms:
    return Mms(MmsParams(model=str(folder / "mms-tts-{language}")), context)


def said(engine: Mms, text: str = TEXT, voice: str | None = "en", **options: Any) -> Audio:
    return Audio.join(engine.synthesize(text, voice, MmsOptions(**options)))


def same(one: Audio, other: Audio) -> bool:
    return np.array_equal(one.samples, other.samples)


def test_each_language_has_a_voice_of_its_own(mms: Mms) -> None:
    assert [(voice.id, voice.name, voice.languages) for voice in mms.voices()] == [
        ("en", "English", ("en",)),
        ("fr", "French", ("fr",)),
    ]
    english, french = said(mms), said(mms, voice="fr")
    assert english.sample_rate == 16_000
    assert not same(english, french)
    assert same(said(mms, voice=None), english), "the first is meant where none is asked for"
    assert same(said(mms, voice=None, language="fr-CA"), french)


def test_the_same_seed_is_the_same_sound_and_nobody_else_notices(mms: Mms) -> None:
    state = torch.get_rng_state()
    assert same(said(mms), said(mms))
    assert not same(said(mms), said(mms, seed=7))
    assert torch.equal(torch.get_rng_state(), state)
    assert not same(said(mms, seed=None), said(mms, seed=None))


def test_pace_and_liveliness_can_be_chosen_and_leave_nothing_behind(mms: Mms) -> None:
    usual = said(mms)
    assert said(mms, speed=2).duration == pytest.approx(usual.duration / 2, rel=0.2)
    assert said(mms, speed=0.5).duration == pytest.approx(usual.duration * 2, rel=0.2)
    assert said(mms, noise_scale_duration=0).duration != usual.duration
    assert not same(said(mms, noise_scale=0), usual)
    assert same(said(mms), usual)


@pytest.mark.parametrize("text", ["", " \n", "🙂", "…", "日本"])
def test_what_has_no_letter_that_it_knows_is_silence(mms: Mms, text: str) -> None:
    assert list(mms.synthesize(text, "en", MmsOptions())) == []


def test_what_a_voice_cannot_say_is_told_once(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    engine = Mms(MmsParams(model=str(folder / "mms-tts-{language}")), Context(tmp_path, report=told.append))
    said(engine, "Café, Bach!")
    said(engine, "Café", "fr")
    assert [line.partition(":")[0].rpartition("/")[2] for line in told] == ["mms-tts-eng cannot say é"]
    said(engine, "Café 7", "fr")
    said(engine, "77 oui", "fr")
    assert len(told) == 2
    assert told[1].startswith(str(folder / "mms-tts-fra cannot say 7"))


def test_a_long_text_comes_in_pieces(mms: Mms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "LONGEST", 20)
    pieces = mms.synthesize(TEXT, "en", MmsOptions())
    assert next(pieces).duration > 0.1
    assert len(list(pieces)) == 3


@pytest.mark.parametrize(
    ("voice", "language", "match", "hint"),
    [
        ("de", None, "no voice 'de'", "it knows en, fr"),
        ("fr-CA", None, "no voice 'fr-CA'", "it knows en, fr"),
        (None, "de", "no voice of MMS speaks 'de'", "it knows en, fr"),
        ("somebody", "fr", "no voice 'somebody'", "it knows en, fr"),
    ],
)
def test_a_voice_that_there_is_not_is_refused(
    mms: Mms, voice: str | None, language: str | None, match: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=match) as refused:
        said(mms, voice=voice, language=language)
    assert hint in refused.value.hint


def test_few_voices_stay_loaded(mms: Mms, monkeypatch: pytest.MonkeyPatch, folder: Path, context: Context) -> None:
    monkeypatch.setattr(speaking, "KEPT", 1)
    engine, loaded = Mms(MmsParams(model=str(folder / "mms-tts-{language}")), context), []
    load = speaking.Vits
    monkeypatch.setattr(speaking, "Vits", lambda model, *rest: loaded.append(model[-3:]) or load(model, *rest))
    for voice in ("en", "en", "fr", "fr", "en"):
        said(engine, "good", voice)
    assert loaded == ["eng", "fra", "eng"]


# -- where voices come from --------------------------------------------------------------------------------------------


def test_one_voice_can_be_named_by_itself(build: Build, context: Context, mms: Mms) -> None:
    engine = Mms(MmsParams(model=str(build("mms_tts_fra"))), context)
    assert [voice.id for voice in engine.voices()] == ["fr"]
    assert same(said(engine, voice=None), said(mms, voice="fr"))


@pytest.mark.parametrize("download", [False, True])
def test_voices_in_the_hubs_cache_need_no_network(
    hub: Callable[[str, Path], Path], build: Build, mms: Mms, tmp_path: Path, download: bool
) -> None:
    hub("facebook/mms-tts-fra", build("mms_tts_fra"))
    with no_sockets():
        engine = Mms(MmsParams(), Context(tmp_path, download=download))
        voices = [voice.id for voice in engine.voices()]
        assert voices[0] == "fr", "those that are here come first"
        assert ("en" in voices[1:]) == download
        assert same(said(engine, voice=None), said(mms, voice="fr"))


@pytest.mark.parametrize(("voice", "code"), [(None, "eng"), ("pt", "por"), ("uz-Cyrl", "uzb-script_cyrillic")])
def test_a_voice_that_is_not_here_is_told_with_the_ways_to_get_it(
    hub: Callable[[str, Path], Path], context: Context, voice: str | None, code: str
) -> None:
    with pytest.raises(EngineUnavailable, match=f"facebook/mms-tts-{code}") as refused:
        said(Mms(MmsParams(), context), voice=voice)
    assert f"hf download facebook/mms-tts-{code}" in refused.value.hint


def test_a_folder_without_voices_is_told(context: Context, tmp_path: Path) -> None:
    engine = Mms(MmsParams(model=str(tmp_path / "mms-tts-{language}")), context)
    assert list(engine.voices()) == []
    with pytest.raises(EngineUnavailable, match="no folder"):
        said(engine, voice=None)


def test_every_language_that_is_listed_has_a_tag_of_its_own() -> None:
    voices = listed()
    assert len(voices) == len(MMS_VOICES.split()) > 1100
    tags = Languages(voices.values())
    assert {tag: tags.tag(code) for tag, code in voices.items()} == {tag: tag for tag in voices}
    assert (voices["en"], voices["sw"], voices["ur"]) == ("eng", "swh", "urd-script_arabic")


@pytest.mark.parametrize(
    ("name", "match"), [("vits_ljs", "reads phonemes"), ("vits_vctk", "several voices"), ("whisper", "no MMS voice")]
)
def test_what_is_no_voice_of_mms_is_refused(build: Build, context: Context, name: str, match: str) -> None:
    with pytest.raises(EngineUnavailable, match=match) as refused:
        said(Mms(MmsParams(model=str(build(name))), context), voice=None)
    assert refused.value.hint


def test_other_scripts_are_read_in_latin_letters(build: Build, context: Context) -> None:
    pytest.importorskip("uroman")
    engine = Mms(MmsParams(model=str(build("mms_tts_kor"))), context)
    assert same(said(engine, "안녕하세요", "ko"), said(engine, "annyeonghaseyo", "ko"))


def test_without_what_reads_other_scripts_it_is_told_how_to_get_it(
    build: Build, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vits, "find_spec", lambda name: None)
    with pytest.raises(EngineUnavailable, match="reads Latin letters") as refused:
        said(Mms(MmsParams(model=str(build("mms_tts_kor"))), context), "안녕하세요", "ko")
    assert "speechlab-transformers[uroman]" in refused.value.hint


def test_closed_voices_say_so(folder: Path, context: Context) -> None:
    engine = Mms(MmsParams(model=str(folder / "mms-tts-{language}")), context)
    engine.close()
    with pytest.raises(EngineFailed, match="closed"):
        said(engine)
