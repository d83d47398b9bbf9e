"""The host around a real translator: nothing is cut off, terms survive, languages are found, routes are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from speechlab import Kind, Lab, present
from speechlab.translation import as_recording

TEXT = """\
Good morning, and thank you all for coming today.
Ada Lovelace wrote the first program. It was never run while she lived!

Eu moro aqui com os meus amigos e o meu gato.
OK
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(home=tmp_path_factory.mktemp("home")) as lab:
        for kind, id in ((Kind.TRANSLATE, "fxtranslate"), (Kind.TEXT, "language")):
            spec = lab.plugins.engines.get((kind, id))
            if spec is None or spec.missing() or not any(present(one, lab.home) for one in spec.weights):
                pytest.skip(f"{kind}/{id} is not here")
        yield lab


def test_lines_are_translated_from_the_language_that_each_is_in(lab: Lab) -> None:
    told = lab.translated(as_recording(TEXT), ["pt", "en"])
    english, portuguese = ([s.text for s in told.translations[to]] for to in ("en", "pt"))
    said = [s.text for s in told.transcript]
    assert english[:2] == said[:2]
    assert re.search(r"(?i)my friends and my cat", english[2])
    assert portuguese[2] == said[2]
    assert re.search(r"(?i)bom dia", portuguese[0])
    assert portuguese[1].count(".") + portuguese[1].count("!") == 2
    routes = [[hop["source"] for hop in s.extra["route"]] for s in told.translations["pt"]]
    assert routes[:3] == [["en"], ["en"], []]


def test_ten_thousand_characters_lose_no_sentence(lab: Lab) -> None:
    text = " ".join(f"There were {number} people in the garden." for number in range(1000, 1270))
    [told] = lab.translate(text, "pt", "en")
    assert len(text) > 10_000
    assert [int(number) for number in re.findall(r"\b1\d{3}\b", told)] == list(range(1000, 1270))


def test_terms_come_through_in_both_directions(lab: Lab) -> None:
    terms = {"Ada Lovelace": "", "speech lab": "Redelab", "Zoë": "Zoé"}
    [portuguese] = lab.translate("Ada Lovelace and Zoë work at the speech lab in Lisbon.", "pt", "en", glossary=terms)
    assert all(term in portuguese for term in ("Ada Lovelace", "Redelab", "Zoé", "Lisboa")), portuguese
    assert not re.search(r"X\d", portuguese)


def test_english_becomes_spanish_by_portuguese(lab: Lab) -> None:
    apertium = lab.plugins.engines.get((Kind.TRANSLATE, "apertium"))
    if apertium is None or apertium.missing() or "es" not in lab.targets("pt", "apertium"):
        pytest.skip("Apertium's pair of Spanish and Portuguese is not here")
    [told] = lab.translate("Thank you very much, my friends.", "es", "en")
    assert re.search(r"(?i)muchas gracias|gracias", told)
    assert [hop.target for hop in lab.route("en", "es")] == ["pt", "es"]
