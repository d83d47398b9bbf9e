"""Languages by BCP-47, whatever the checkpoint calls them."""

from __future__ import annotations

import pytest
from speechlab_transformers.languages import Languages, is_english
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from speechlab import ConfigError

WHISPER = Languages(LANGUAGES)
CODES = """
    eng fra ara azj-script_latin cmn-script_simplified yue-script_traditional ekk fas lav mon nob nno npi ory pus
    srp-script_cyrillic srp-script_latin swh tgl urd-script_arabic uzb-script_cyrillic uzb-script_latin zlm
    quc-dialect_central heb jav
"""
MMS_CODES = CODES.split()
MMS = Languages(MMS_CODES)


def test_every_code_of_whisper_is_found_by_itself_and_by_its_tag() -> None:
    for code in LANGUAGES:
        assert WHISPER.code(code) == code
        assert WHISPER.code(WHISPER.tag(code)) == code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("zh-Hant", "zh"),
        ("yue", "yue"),
        ("he", "he"),
        ("iw", "he"),
        ("jv", "jw"),
        ("nb", "no"),
        ("nn", "nn"),
        ("fil", "tl"),
        ("eng", "en"),
        ("cmn", "zh"),
    ],
)
def test_whispers_code(tag: str, code: str) -> None:
    assert WHISPER.code(tag) == code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "eng"),
        ("az", "azj-script_latin"),
        ("zh", "cmn-script_simplified"),
        ("zh-TW", "cmn-script_simplified"),
        ("yue", "yue-script_traditional"),
        ("et", "ekk"),
        ("fa", "fas"),
        ("no", "nob"),
        ("nn", "nno"),
        ("ne", "npi"),
        ("or", "ory"),
        ("ps", "pus"),
        ("sr", "srp-script_cyrillic"),
        ("sr-Latn", "srp-script_latin"),
        ("sw", "swh"),
        ("uz", "uzb-script_latin"),
        ("uz-Cyrl", "uzb-script_cyrillic"),
        ("ms", "zlm"),
        ("quc", "quc-dialect_central"),
    ],
)
def test_the_code_of_mms(tag: str, code: str) -> None:
    assert MMS.code(tag) == code


def test_no_two_languages_are_taken_for_one() -> None:
    assert len({MMS.code(code) for code in MMS_CODES}) == len(MMS_CODES)
    assert len({WHISPER.tag(code) for code in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("languages", "tag", "hint"),
    [
        (WHISPER, "gsw", "the nearest"),
        (WHISPER, "tlh", "100 others"),
        (Languages(["eng", "fra"]), "de", "it knows en, fr"),
        (WHISPER, "not a language", "write it as en"),
    ],
)
def test_what_it_does_not_know_is_refused_and_never_guessed(languages: Languages, tag: str, hint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        languages.code(tag)
    assert hint.replace("the nearest", "nearest") in refused.value.hint


def test_a_code_that_is_no_language_code_is_known_by_itself_alone() -> None:
    languages = Languages(["eng", "klingon_made_up"])
    assert languages.code("klingon_made_up") == "klingon_made_up"
    assert languages.tag("klingon_made_up") == "und"
    assert languages.code("en") == "eng"


def test_english_by_any_name() -> None:
    assert [is_english(tag) for tag in ("en", "en-GB", "EN", "eng", "enm", "de", "")] == [True] * 4 + [False] * 3
