"""Numbers as words: what stands in texts, in the languages that the card names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechlab_num2words import LANGUAGES
from speechlab_num2words.engine import Num2Words
from speechlab_num2words.writer import writer

from speechlab import Kind, Lab, Params


@pytest.mark.parametrize(
    ("language", "text", "said"),
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
        ("en", "See https://a.b/c1 or me2@a.org.", "See https://a.b/c1 or me2@a.org."),
        ("en", "99/99/2024", None),
        ("es", "1.234 personas, el 20 %", "mil doscientos treinta y cuatro personas, el veinte por ciento"),
        ("fr", "Le 1er mars, 1 234 personnes", "Le premier mars, mille deux cent trente-quatre personnes"),
        ("de", "Am 03.12.2024 kostet es 3,50 €.", None),
        ("pt-BR", "R$ 3", "três Reais brasileiros"),
        ("it", "3,50 €", "tre euro e cinquanta centesimi"),
        ("ru", "5 km", "пять километров"),
    ],
)
def test_what_stands_in_texts(language: str, text: str, said: str | None) -> None:
    told = writer(language).written(text)
    if said is not None:
        assert told == said
    assert told == text if "http" in text else not any(map(str.isdecimal, told))


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


def test_a_language_that_is_unknown_stays_as_it_is() -> None:
    engine = Num2Words(Params(), None)  # type: ignore[arg-type]  # it asks nothing of it
    assert engine.process(["3", "3", "3"], ["zu", None, "en-US"], Params()) == ["3", "3", "three"]


def test_the_host_finds_it() -> None:
    with Lab() as lab:
        spec = lab.plugins.engine(Kind.TEXT, "num2words")
        assert "spoken_form" in spec.features
        assert spec.license.startswith("LGPL")
