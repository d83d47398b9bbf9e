"""Numbers as words: what stands in texts, in the languages that the card names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_num2words import LANGUAGES
from speechlab_num2words.engine import Num2Words
from speechlab_num2words.short import said, written_out
from speechlab_num2words.writer import writer

from speechlab import Kind, Lab, Params


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "It is 20 °C, 3.5 km away.", "It is twenty degrees Celsius, three point five kilometers away."),
        ("en", "It cost $3.50 at 7:30 p.m.", "It cost three dollars fifty cents at seven thirty p.m."),
        ("en", "On 12/03/2024.", "On December third, twenty twenty-four."),
        ("en-GB", "On 12/03/2024.", "On twelfth March twenty twenty-four."),
        ("en", "The 3rd of 1,234,500 people", None),
        ("en", "€5 million in 1999", "five million euros in nineteen ninety-nine"),
        ("en", "50% of 0.25", "fifty percent of zero point two five"),
        ("en", "Call 555-1234.", "Call five five five one two three four."),
        ("en", "A4, GPT-4", "A four, GPT-four"),
        ("en", "-5 °C and 2-3", "minus five degrees Celsius and two-three"),
        ("en", "in the 1990s and '80s, the 2000s", "in the nineteen nineties and eighties, the two thousands"),
        ("en", "$1.2bn, £3m, 50€ 7", "one point two billion dollars, three million pounds, fifty euros seven"),
        ("en", "at 100 mph, 5ft, 90°", "at one hundred miles per hour, five feet, ninety degrees"),
        ("en", "10:05 a.m., 7:00", "ten oh five a.m., seven"),
        ("en", "#1 and No. 7, 5\u201310 km", "number one and number seven, five to ten kilometers"),
        ("en", "See https://a.b/c1 or me2@a-b.org.", "See a dot b slash c one or me two at a dash b dot org."),
        ("en", "Dr. Ode vs. Mr. Jay, e.g. on Elm St. etc.", None),
        ("en", "At St. Ives. He lives in Elm St.", "At Saint Ives. He lives in Elm Street"),
        ("en", "No. That is it.", "No. That is it."),
        ("de", "z. B. um 7:30, ca. 5\u201310 km, Nr. 5", None),
        ("de", "1,5 Mio. Menschen, 3,50 €", "eins Komma fünf Millionen Menschen, drei Euro und fünfzig Cent"),
        ("de", "www.beispiel.de", "w w w Punkt beispiel Punkt de"),
        ("fr", "Mme Petit, 7:30, 1:05, 3,50 €", None),
        ("fr", "p. ex. 5 km", "par exemple cinq kilomètres"),
        ("es", "La Sra. Paz, pág. 5, a 20 °C", "La Señora Paz, página cinco, a veinte grados Celsius"),
        ("pt-BR", "O Sr. Sá, R$ 3,50, 7 €", "O Senhor Sá, três reais e cinquenta centavos, sete Euros"),
        ("it", "Il Sig. Re, 3,50 €, ecc.", "Il Signor Re, tre euro e cinquanta centesimi, eccetera."),
        ("nl", "dhr. Bos, bijv. 7:30", "de heer Bos, bijvoorbeeld zeven uur dertig"),
        ("pl", "5 km, www.a.pl", "pięć kilometrów, www.a.pl"),
        ("en", "99/99/2024", None),
        ("es", "1.234 personas, el 20 %", "mil doscientos treinta y cuatro personas, el veinte por ciento"),
        ("fr", "Le 1er mars, 1 234 personnes", "Le premier mars, mille deux cent trente-quatre personnes"),
        ("de", "Am 03.12.2024 kostet es 3,50 €.", None),
        ("pt-BR", "R$ 3", "três Reais brasileiros"),
        ("it", "3,50 €", "tre euro e cinquanta centesimi"),
        ("ru", "5 km", "пять километров"),
    ],
)
def test_what_stands_in_texts(language: str, text: str, words: str | None) -> None:
    told = writer(language).written(text)
    if words is not None:
        assert told == words
    assert not any(map(str.isdecimal, told))


def test_a_day_with_a_dot_is_a_place_in_a_row() -> None:
    assert writer("de").written("03.12.2024").startswith("dritte Dezember zweitausend")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_kinds(language: str) -> None:
    write = writer(language)
    point = write.written("7").strip()
    assert point.isalpha()
    told = write.written(f"21; 2024-03-05; 20 %; 5 km; 5 €; 3{',' if language != 'en' else '.'}25; 7:05")
    assert not any(map(str.isdecimal, told))
    assert "%" not in told
    assert "€" not in told


@given(st.text(alphabet="0123456789.,:-/ $€%km°C\u00a0aé\n", max_size=40), st.sampled_from(["en", "de", "fr", "pt-BR"]))
def test_no_text_is_too_odd(text: str, language: str) -> None:
    assert not any(map(str.isdecimal, writer(language).written(text)))


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pt"])
def test_what_is_written_short_is_told_in_full(language: str) -> None:
    known = said(language)
    assert {"at", "dash", "dot", "slash", "number"} <= known.keys()
    for short, full in known["abbreviations"].items():
        assert written_out(f"\u2013 {short} Xa", language) == f"\u2013 {full} Xa", short


@given(st.text(alphabet="abDSEtr.r 5€$#-/@w\n", max_size=30), st.sampled_from(["en", "de", "it"]))
def test_no_text_is_too_short(text: str, language: str) -> None:
    assert not any(map(str.isdecimal, writer(language).written(text)))


def test_a_language_that_is_unknown_stays_as_it_is() -> None:
    engine = Num2Words(Params(), None)  # type: ignore[arg-type]  # it asks nothing of it
    assert engine.process(["3", "3", "3"], ["zu", None, "en-US"], Params()) == ["3", "3", "three"]


def test_the_host_finds_it() -> None:
    with Lab() as lab:
        spec = lab.plugins.engine(Kind.TEXT, "num2words")
        assert "spoken_form" in spec.features
        assert spec.license.startswith("LGPL")
