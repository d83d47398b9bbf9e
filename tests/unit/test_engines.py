"""An engine's card says what it means, or is refused in a sentence; what it needs is looked for, never imported."""

from __future__ import annotations

import sys
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speechlab import Command, EngineSpec, EngineUnavailable, Format, Kind, Params, PipelineFile, PluginError, Tab
from speechlab.engines import Context


class Engine:
    def __init__(self, params: Any, context: Any) -> None: ...

    def process(self, texts: Any, languages: Any, options: Any) -> Any:
        return list(texts)


def card(**said: Any) -> EngineSpec:
    return EngineSpec(**{"id": "some", "kind": Kind.TEXT, "load": Engine, **said})


CONTEXT = Context(Path("nowhere"), download=False)


# -- what is written on a card -----------------------------------------------------------------------------------------


def test_a_kind_may_be_written_as_text_and_lists_become_what_they_should_be() -> None:
    spec = card(kind="asr", requires=["a", "b"], features=["word_times"], languages=iter(("en", "fr")))
    assert spec.kind is Kind.ASR
    assert spec.kind.label == "Speech recognition"
    assert (spec.requires, spec.features, spec.languages) == (("a", "b"), frozenset({"word_times"}), ("en", "fr"))
    assert hash(spec) == hash(card(kind=Kind.ASR, requires=("a", "b"), features=spec.features, languages=("en", "fr")))


@pytest.mark.parametrize(
    ("said", "sentence", "hint"),
    [
        ({"id": "fo/o Bar"}, "an engine's id is made of lower-case letters, digits", "'fo-o-bar'"),
        ({"id": ""}, "an engine's id is made of", "not ''"),
        ({"id": ".."}, "an engine's id is made of", "not '..'"),
        ({"id": 7}, "an engine's id is made of", "not 7"),
        ({"kind": "sing"}, "the engine 'some': there is no kind 'sing'", "the kinds are: align, asr"),
        ({"kind": "ttx"}, "the engine 'some': there is no kind 'ttx'", "did you mean 'tts'?"),
        ({"kind": None}, "the engine 'some': there is no kind None", "did you mean"),
        ({"load": "package.module"}, "the engine 'some': load does not say where", 'load="package.module:Name"'),
        ({"load": "package/module.py:Class"}, "the engine 'some': load does not say where", "package.module:Name"),
        ({"load": 5}, "the engine 'some': load does not say where", "package.module:Name"),
        ({"requires": "numpy"}, "the engine 'some': requires is a tuple of texts, not 'numpy'", '("numpy",)'),
        ({"requires": (1,)}, "the engine 'some': requires is a tuple of texts, not (1,)", "requires="),
        ({"requires": 1}, "the engine 'some': requires is a tuple of texts, not 1", "requires="),
        ({"programs": "sox"}, "the engine 'some': programs is a tuple of texts, not 'sox'", '("sox",)'),
        ({"env": "KEY"}, "the engine 'some': env is a tuple of texts, not 'KEY'", '("KEY",)'),
        ({"languages": "en"}, "the engine 'some': languages is a tuple of texts, not 'en'", '("en",)'),
        ({"features": "word_times"}, "the engine 'some': features is a frozenset of texts", '({"word_times"})'),
        ({"options": Params()}, "the engine 'some': options is a class made from Params", "class Options"),
        ({"params": dict}, "the engine 'some': params is a class made from Params", "class Params"),
        (
            {"weights": "tiny"},
            "the engine 'some': weights is a tuple of Weights, not 'tiny'",
            "weights=(Weights(...),)",
        ),
        ({"sample_rate": 0}, "the engine 'some': sample_rate is a number of Hz above 0, not 0", "sample_rate=16000"),
        ({"sample_rate": "16k"}, "the engine 'some': sample_rate is a number of Hz above 0", "sample_rate=16000"),
        ({"likeness": 0.8}, "the engine 'some': likeness is a Scale, not 0.8", "likeness=Scale("),
        ({"window": -1.0}, "the engine 'some': window is a number of seconds above 0, not -1.0", "window=30.0"),
    ],
)
def test_a_wrong_card_is_refused_where_it_is_written(said: dict[str, Any], sentence: str, hint: str) -> None:
    with pytest.raises(PluginError) as caught:
        card(**said)
    assert sentence in str(caught.value)
    assert hint in f"{caught.value} {caught.value.hint}"
    assert caught.value.hint


@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True))
def test_every_id_that_fits_in_a_pipeline_file_and_a_file_name_is_taken(id: str) -> None:
    assert card(id=id).name == f"text/{id}"


@given(st.text(ascii_lowercase + digits + "-_./: A\u00e9\n", max_size=8))
def test_no_other_id_is(id: str) -> None:
    assume(not id[:1].isascii() or not id[:1].isalnum() or id[:1].isupper() or set(id) & set("/: A\u00e9\n"))
    with pytest.raises(PluginError):
        card(id=id)


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda: Format(id="s r t", load="a:b", suffix="srt"), "a format's id is made of"),
        (lambda: Format(id="srt", load="a.b", suffix="srt"), "the format 'srt': load does not say where"),
        (lambda: Format(id="srt", load="a:b", suffix=".srt"), "the format 'srt': suffix is written without the dot"),
        (lambda: Format(id="srt", load="a:b", suffix="srt", options=Params()),  # type: ignore[arg-type]
         "the format 'srt': options is a class made from Params"),
        (lambda: Tab(id="My tab", title="My tab", load="a:b"), "a tab's id is made of"),
        (lambda: Tab(id="mine", title="", load="a"), "the tab 'mine': load does not say where"),
        (lambda: Command(id="do it", load="a:b"), "a command's id is made of"),
        (lambda: Command(id="do", load="a"), "the command 'do': load does not say where"),
        (lambda: PipelineFile(id="", path=Path("x.toml")), "a pipeline's id is made of"),
        (lambda: PipelineFile(id="x", path=5), "the pipeline 'x': path is the path of a TOML file"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_other_contributions_are_checked_alike(write: Any, sentence: str) -> None:
    with pytest.raises(PluginError) as caught:
        write()
    assert sentence in str(caught.value)
    assert caught.value.hint


def test_a_pipelines_path_may_be_text() -> None:
    assert PipelineFile(id="x", path="a/x.toml").path == Path("a/x.toml")  # type: ignore[arg-type]


# -- what it needs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with packages that must not be imported: each raises."""
    for name in ("raising_pkg", "raising_pkg/inner"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('cuda mismatch')", encoding="utf-8")
    (tmp_path / "raising_pkg" / "part.py").write_text("raise SystemExit", encoding="utf-8")
    (tmp_path / "spread_pkg" / "one").mkdir(parents=True)
    (tmp_path / "spread_pkg" / "one" / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("raising_pkg", True),
        ("raising_pkg.part", True),
        ("raising_pkg.inner", True),
        ("raising_pkg.inner.deep", False),
        ("raising_pkg.gone", False),
        ("spread_pkg.one", True),
        ("spread_pkg.two", False),
        ("no_such_pkg", False),
        ("no_such_pkg.part", False),
        ("os.path", True),
        ("json.decoder", True),
        ("..", False),
        ("", False),
    ],
)
@pytest.mark.usefixtures("packages")
def test_what_an_engine_needs_is_looked_for_and_never_imported(name: str, there: bool) -> None:
    assert card(requires=(name,)).missing() == ([] if there else [name])
    assert not any(module.startswith(("raising_pkg", "spread_pkg")) for module in sys.modules)


def test_a_module_that_breaks_the_search_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unfinished_pkg", None)
    assert card(requires=("unfinished_pkg",)).missing() == ["unfinished_pkg"]


def test_programs_are_looked_for_on_the_path_and_debian_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "speak").write_text("#!/bin/sh\n")
    (tmp_path / "speak").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert card(programs=("speak",)).missing() == []
    assert card(programs=("speak",)).cure == ""
    silent = card(programs=("speak", "listen"), debian="speech-tools", requires=("no_such_pkg",), install="such")
    assert silent.missing() == ["no_such_pkg", "listen"]
    assert silent.cure == "pip install such and apt-get install speech-tools"
    with pytest.raises(EngineUnavailable, match="text/some needs listen") as refused:
        card(programs=("listen",)).create(Params(), CONTEXT)
    assert refused.value.hint == "apt-get install listen"


# -- loading -----------------------------------------------------------------------------------------------------------


class Panic(BaseException):
    """As a library written in Rust panics."""


@pytest.mark.parametrize("raised", [ValueError("no"), SystemExit("no"), Panic("no")])
def test_however_an_engine_fails_to_load_it_is_unavailable(raised: BaseException) -> None:
    def load(params: Any, context: Any) -> Any:
        raise raised

    with pytest.raises(EngineUnavailable, match=f"text/some could not be loaded: {type(raised).__name__}: no") as told:
        card(load=load).create(Params(), CONTEXT)
    assert told.value.__cause__ is raised


def test_where_the_labs_own_folder_cannot_be_used_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"no folder")
    context = Context(tmp_path / "home")
    for place, told in (
        (context.home / "voices", f"since {context.home} cannot be used: Not a directory"),
        (tmp_path / "away" / "voices", "FileNotFoundError"),
    ):
        spec = card(load=lambda params, context, place=place: place.mkdir())
        with pytest.raises(EngineUnavailable, match="text/some could not be loaded") as refused:
            spec.create(Params(), context)
        assert told in str(refused.value)
        assert refused.value.hint


def test_who_interrupts_the_loading_is_heeded() -> None:
    def load(params: Any, context: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        card(load=load).create(Params(), CONTEXT)
