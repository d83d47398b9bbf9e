"""Modes as files: which are taken, what languages they mean, and how one is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from speechlab_apertium import ApertiumParams
from speechlab_apertium.modes import Modes, ways

from speechlab import ConfigError, Context, EngineUnavailable, Ways

CONTEXT = Context(Path("nowhere"), download=False)


def test_languages_are_bcp_47_and_what_cannot_be_kept_running_is_left_out(modes: Path) -> None:
    assert set(Modes(str(modes))) == {
        ("es", "pt"),
        ("es", "pt-BR"),
        ("en", "es"),
        ("ast", "es"),
        ("sr", "en"),
        ("sr-Latn", "en"),
        ("hr", "en"),
        ("bs", "en"),
    }


@pytest.mark.parametrize(
    ("source", "target", "variety", "name"),
    [
        ("es", "pt", "", "es-pt"),
        ("spa_Latn", "pt-PT", "", "es-pt"),
        ("es-MX", "pt-BR", "", "es-pt_BR"),
        ("es", "pt", "old", "es-pt_old"),
        ("es", "pt", "BR", "es-pt_BR"),
        ("hr", "en-GB", "", "hbs-eng"),
    ],
)
def test_a_mode_is_found(modes: Path, source: str, target: str, variety: str, name: str) -> None:
    assert Modes(str(modes)).find(source, target, variety).name == name


@pytest.mark.parametrize(
    ("source", "target", "variety", "said", "hint"),
    [
        ("de", "pt", "", "it does not know the language 'de'", "it knows ast, bs, en, es, hr, sr, sr-Latn"),
        ("es", "de", "", "no pair that leads from es to de", "from es it leads to pt, pt-BR;"),
        ("es", "es-MX", "", "the text is in es already", "another language"),
        ("es", "what?", "", "no pair that leads from es to what?", "pt"),
        ("es", "pt", "new", "no variety 'new' of pt from es", "it has BR, old"),
        ("en", "es", "new", "no variety 'new' of es from en", "it has none"),
    ],
)
def test_what_is_not_there_is_told(modes: Path, source: str, target: str, variety: str, said: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("?", r"\?")) as refused:
        Modes(str(modes)).find(source, target, variety)
    assert hint in refused.value.hint


def test_commands_have_no_shell_in_them(modes: Path) -> None:
    found = Modes(str(modes))
    assert found.find("es", "pt", "").commands(mark_unknown=False) == [
        ["lt-proc", "-z", "/some where/a.bin"],
        ["apertium-transfer", "-z", "-g", "x"],
        ["lt-proc", "-z", "-n", "upper", "arguments"],
    ]
    assert found.find("es", "pt", "").commands(mark_unknown=True)[-1][2] == "-g"
    assert found.find("sr", "en", "").commands(mark_unknown=False)[0] == ["lt-proc", "-z", "-t", "latin"]


def test_an_empty_folder_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no language pair of Apertium in") as refused:
        Modes(str(tmp_path))
    assert "apt-get install" in refused.value.hint
    assert list(ways(ApertiumParams(folder=str(tmp_path)), CONTEXT)) == []


def test_ways_into_and_from_english_lose_most(modes: Path) -> None:
    told = {way.sources: way for way in ways(ApertiumParams(folder=str(modes)), CONTEXT)}
    assert told["es",] == Ways(("es",), ("pt", "pt-BR"), 2.0)
    assert told["hr",] == Ways(("hr",), ("en",), told["en",].cost)
    assert told["en",].cost > 2 * told["es",].cost
