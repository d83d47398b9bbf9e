"""Languages by BCP-47, whatever an engine or a checkpoint calls them: every code of five vocabularies, one by one."""

from __future__ import annotations

import pytest
from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as FLORES_CODES
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from speechlab import ConfigError, Languages
from speechlab.languages import autonym, name, same, standard

WHISPER = Languages(LANGUAGES)
FLORES = Languages(FLORES_CODES)
M2M_LISTED = """
    af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu
    hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt
    ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu
"""
M2M_CODES = M2M_LISTED.split()
M2M = Languages(M2M_CODES)
SEAMLESS_LISTED = """
    afr amh arb ary arz asm azj bel ben bos bul cat ceb ces ckb cmn cmn_Hant cym dan deu ell eng est eus fin fra fuv gaz
    gle glg guj heb hin hrv hun hye ibo ind isl ita jav jpn kan kat kaz khk khm kir kor lao lit lug luo lvs mai mal mar
    mkd mlt mni mya nld nno nob npi nya ory pan pbt pes pol por ron rus slk slv sna snd som spa srp swe swh tam tel tgk
    tgl tha tur ukr urd uzn vie yor yue zlm zul
"""
SEAMLESS_CODES = SEAMLESS_LISTED.split()
SEAMLESS = Languages(SEAMLESS_CODES)
CODES = """
    eng fra ara azj-script_latin cmn-script_simplified yue-script_traditional ekk fas lav mon nob nno npi ory pus
    srp-script_cyrillic srp-script_latin swh tgl urd-script_arabic uzb-script_cyrillic uzb-script_latin zlm
    quc-dialect_central heb jav
"""
MMS_CODES = CODES.split()
MMS = Languages(MMS_CODES)


@pytest.mark.parametrize(
    ("languages", "codes"),
    [
        (WHISPER, LANGUAGES),
        (FLORES, FLORES_CODES),
        (M2M, M2M_CODES),
        (SEAMLESS, SEAMLESS_CODES),
        (Languages(MMS_CODES), MMS_CODES),
    ],
    ids=["whisper", "flores", "m2m", "seamless", "mms"],
)
def test_every_code_is_found_by_itself_and_by_a_tag_of_its_own(languages: Languages, codes: list[str]) -> None:
    assert len(set(languages)) == len(languages) == len(codes)
    for code in codes:
        assert languages.code(code) == code
        assert languages.code(languages.tag(code)) == code
        assert languages.tag(code) in languages


@pytest.mark.parametrize(
    ("languages", "others", "missing"),
    [
        (WHISPER, FLORES, "br haw la"),
        (M2M, FLORES, "br fy"),
        (SEAMLESS, FLORES, ""),
        (WHISPER, SEAMLESS, "ba bo br fo ha haw ht la lb ln mg mi oc sa si sq su tk tt yi"),
        (WHISPER, M2M, "as bo eu fo haw la mi mt nn sa sn te tg tk tt yue"),
        (SEAMLESS, WHISPER, "ary arz ceb ckb ff ga ig ky lg luo mai mni ny om or zu"),
    ],
)
def test_what_one_vocabulary_lacks_of_another_is_a_true_gap(
    languages: Languages, others: Languages, missing: str
) -> None:
    assert sorted(tag for tag in languages if tag not in others) == missing.split()


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-TW", "zho_Hant"),
        ("zh", "zho_Hans"),
        ("prs", "prs_Arab"),
        ("fa", "pes_Arab"),
        ("tw", "twi_Latn"),
        ("ak", "aka_Latn"),
        ("no", "nob_Latn"),
        ("ko", "kor_Hang"),
        ("pt-BR", "por_Latn"),
        ("ar", "arb_Arab"),
        ("arz", "arz_Arab"),
    ],
)
def test_the_code_of_flores(tag: str, code: str) -> None:
    assert FLORES.code(tag) == code


@pytest.mark.parametrize("tag", ["haw", "br", "la", "sr-Latn", "gsw"])
def test_no_near_language_or_other_script_is_taken_for_one_that_flores_lacks(tag: str) -> None:
    assert tag not in FLORES
    with pytest.raises(ConfigError, match=f"it does not know the language '{tag}'"):
        FLORES.code(tag)


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


@pytest.mark.parametrize("one", ["en", "en-GB", "EN", "eng"])
def test_one_language_by_any_name(one: str) -> None:
    assert same(one, "en")
    assert not any(same(one, other) for other in ("enm", "de", "", "no tag at all"))


def test_names_for_readers() -> None:
    assert (name("pt-BR"), name("pt", "fr"), autonym("ar"), standard("jw")) == (
        "Portuguese (Brazil)",
        "portugais",
        "العربية",
        "jv",
    )


def test_what_knows_no_language_says_so() -> None:
    assert Languages([]).nearest("pt") == "it knows none at all"
    for tag in ("klingon", "x" * 999, "\ud800", "", "e n"):
        assert WHISPER.nearest(tag).endswith("is no language code: write it as en, pt-BR or yue")
