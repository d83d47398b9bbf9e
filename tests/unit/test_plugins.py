"""Plugins are found, taken whole or not at all, and none takes another down."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from speechlab import ConfigError, EngineNotFound, EngineSpec, Kind, Lab, Recording, hookimpl
from speechlab.plugins import Plugins


def plugin(*specs: EngineSpec, name: str = "some", then: Callable[[], None] = lambda: None) -> object:
    @hookimpl
    def register_engines(register: Callable[[EngineSpec], None]) -> None:
        for spec in specs:
            register(spec)
        then()

    made = ModuleType(name)
    vars(made)["register_engines"] = register_engines
    return made


def card(id: str = "mine", kind: Kind = Kind.ASR) -> EngineSpec:
    return EngineSpec(id=id, kind=kind, load="nowhere:Engine")


def boom() -> None:
    raise RuntimeError("no more")


def leave() -> None:
    sys.exit("needs X")


class Panic(BaseException):
    """As a library written in Rust panics."""


def panic() -> None:
    raise Panic("no\nmore")


def test_the_hosts_own_plugin_is_found_by_its_entry_point() -> None:
    [builtin] = [report for report in Plugins().reports if report.name == "builtin"]
    assert builtin.error is None
    assert "asr/toy" in builtin.gives
    assert "format srt" in builtin.gives
    assert Plugins(discover=False).reports[0].gives == builtin.gives


def test_a_plugin_gives_what_it_registers() -> None:
    plugins = Plugins(plugin(card()), discover=False)
    assert plugins.engine(Kind.ASR, "mine").name == "asr/mine"
    assert plugins.reports[-1].gives == ("asr/mine",)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (plugin(card("half"), then=boom), "RuntimeError: no more"),
        (plugin(card(), card()), "it registers asr/mine twice"),
        (plugin(card("toy")), "it registers asr/toy, which 'builtin' has registered already"),
        (plugin("no card"), "register_engines takes objects of type EngineSpec, not str"),  # type: ignore[arg-type]
        (plugin(then=leave), "SystemExit: needs X"),
        (plugin(then=panic), "Panic: no more"),
        (plugin(then=lambda: card(kind="sing")), "the engine 'mine': there is no kind 'sing'"),  # type: ignore[arg-type]
        (plugin(replace(card(), load="my-module:Engine")), "asr/mine cannot be loaded from 'my-module'"),
        (plugin(then=lambda: EngineSpec(id="x", kind=Kind.ASR)), "TypeError: EngineSpec.__init__() missing"),  # type: ignore[call-arg]
        (Path("nowhere.py"), "there is no file nowhere.py"),
        (Path(__file__).parent, "there is no file"),
        (Path(__file__).parents[2] / "README.md", "README.md is no Python file"),
    ],
)
def test_a_broken_plugin_is_told_and_gives_nothing(broken: object, said: str) -> None:
    plugins = Plugins(broken, plugin(card("after"), name="after"), discover=False)
    [report] = [report for report in plugins.reports if report.error]
    assert report.error is not None
    assert said in str(report.error)
    assert report.error.hint
    assert "\n" not in str(report.error)
    assert (Kind.ASR, "half") not in plugins.engines
    assert (Kind.ASR, "after") in plugins.engines
    assert (Kind.ASR, "toy") in plugins.engines


def test_who_interrupts_is_heeded() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Plugins(plugin(then=interrupt), discover=False)


class Misspelt:
    @hookimpl
    def register_engine(self, register: object) -> None: ...


class Misread:
    @hookimpl
    def register_engines(self, registry: object) -> None: ...


class Unmarked:
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(card())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Misspelt(), "unknown hook 'register_engine'"),
        (Misread(), "'registry'"),
        (Unmarked(), "its register_engines is not marked as a hook"),
    ],
)
def test_a_hook_that_is_none_is_told(wrong: object, said: str) -> None:
    plugins = Plugins(wrong, plugin(card("after")), discover=False)
    [report] = [report for report in plugins.reports if report.error]
    assert report.error is not None
    assert said in str(report.error)
    assert "\n" not in str(report.error)
    assert "hookimpl" in report.error.hint
    assert (Kind.ASR, "after") in plugins.engines


class Some:
    """A plugin that is an object: another of its class is another plugin."""

    def __init__(self, id: str) -> None:
        self.id = id

    @hookimpl
    def register_engines(self, register: Callable[[EngineSpec], None]) -> None:
        register(card(self.id))


def test_two_objects_of_one_class_are_two_plugins() -> None:
    plugins = Plugins(Some("one"), Some("two"), Some("three"), discover=False)
    assert [report.name for report in plugins.reports[1:]] == ["Some", "Some-2", "Some-3"]
    assert [report.gives for report in plugins.reports[1:]] == [("asr/one",), ("asr/two",), ("asr/three",)]


def test_two_that_clash_are_both_named() -> None:
    report = Plugins(Some("one"), Some("one"), discover=False).reports[-1]
    assert str(report.error) == (
        "plugin 'Some-2' was left out: it registers asr/one, which 'Some' has registered already"
    )


def test_what_is_given_twice_is_taken_once() -> None:
    some = Some("one")
    plugins = Plugins(some, some, discover=False)
    assert [(report.name, report.error) for report in plugins.reports[1:]] == [("Some", None)]
    assert (Kind.ASR, "one") in plugins.engines


def test_two_entry_points_of_one_name_are_two_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("same", "json", "speechlab"), EntryPoint("same", "string", "speechlab")]
    monkeypatch.setattr("speechlab.plugins.entry_points", lambda group: points)
    assert [(report.name, report.error) for report in Plugins().reports[1:]] == [("same", None), ("same-2", None)]


def test_an_entry_point_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("gone", "no_such_module_anywhere", "speechlab"),
        EntryPoint("good", "speechlab.types", "speechlab"),
    ]
    monkeypatch.setattr("speechlab.plugins.entry_points", lambda group: points)
    reports = {report.name: report for report in Plugins().reports}
    assert "no_such_module_anywhere" in str(reports["gone"].error)
    assert reports["builtin"].error is None
    assert reports["good"].error is None


ONE_FILE = """
import json
import speechlab as sl

class Loud(sl.Params):
    marks: int = {marks}
    \"\"\"How many marks to add.\"\"\"

class Engine:
    def __init__(self, params, context):
        self.params = params
    def process(self, texts, languages, options):
        return [json.loads(json.dumps(text)).upper() + "!" * self.params.marks for text in texts]

def render(recording, options):
    return b"loud"

@sl.hookimpl
def register_engines(register):
    register(sl.EngineSpec(id="loud", kind=sl.Kind.TEXT, load="{stem}:Engine", params=Loud))

@sl.hookimpl
def register_formats(register):
    register(sl.Format(id="loud", load=f"{{__name__}}:render", suffix="loud"))
    register(sl.Format(id="louder", load="{stem}:render", suffix="louder"))
"""


def written(folder: Path, name: str, marks: int = 1) -> Path:
    path = folder / name
    path.write_text(ONE_FILE.format(stem=path.stem, marks=marks), encoding="utf-8")
    return path


def shouted(lab: Lab) -> list[str]:
    spec = lab.engine(Kind.TEXT, "loud")
    with lab.pool.lease(spec, spec.params()) as loaded:
        said: list[str] = loaded.engine.process(["quiet"], ["en"], None)
    return said


@pytest.mark.parametrize("name", ["one_file_plugin.py", "my-engine.py", "json.py", "numpy.py", "2 äöü.py", "class.py"])
def test_a_plugin_may_be_one_file_of_any_name(tmp_path: Path, name: str) -> None:
    before = {name: module for name, module in sys.modules.items() if name in ("json", "numpy")}
    path = written(tmp_path, name)
    lab = Lab(path, discover=False)
    assert [(report.name, report.error) for report in lab.plugins.reports][:2] == [("builtin", None), (path.stem, None)]
    assert shouted(lab) == ["QUIET!"]
    assert [knob.help for knob in lab.engine(Kind.TEXT, "loud").knobs] == ["How many marks to add."]
    assert (lab.render(Recording(), "loud"), lab.render(Recording(), "louder")) == (b"loud", b"loud")
    assert {name: module for name, module in sys.modules.items() if name in ("json", "numpy")} == before
    assert [child.name for child in tmp_path.iterdir()] == [name]  # and nothing is written beside it


def test_one_file_may_be_loaded_again_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "again_plugin.py")
    monkeypatch.chdir(tmp_path)
    for source in ("again_plugin.py", Path("again_plugin.py"), path, tmp_path / "." / "again_plugin.py"):
        assert [report.error for report in Plugins(source, discover=False).reports] == [None, None]
    assert [report.error for report in Plugins(path, "again_plugin.py", discover=False).reports] == [None, None]


def test_a_file_that_was_edited_is_read_anew_and_older_labs_go_on(tmp_path: Path) -> None:
    first = Lab(written(tmp_path, "edited_plugin.py", marks=1), discover=False)
    second = Lab(written(tmp_path, "edited_plugin.py", marks=2), discover=False)
    assert (shouted(first), shouted(second)) == (["QUIET!"], ["QUIET!!"])


def test_files_of_one_name_in_two_folders_are_two_plugins(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    plugins = Plugins(
        written(tmp_path, "twin_plugin.py"), tmp_path / "other" / "twin_plugin.py", Some("after"), discover=False
    )
    assert [report.name for report in plugins.reports[1:]] == ["twin_plugin", "twin_plugin-2", "Some"]


def test_a_file_that_ends_the_program_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "exits_plugin.py"
    path.write_text("import sys; sys.exit('needs X')", encoding="utf-8")
    [report] = [report for report in Plugins(path, discover=False).reports if report.error]
    assert str(report.error) == "plugin 'exits_plugin' was left out: SystemExit: needs X"


def test_a_file_that_breaks_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "broken_file_plugin.py"
    path.write_text("import no_such_library", encoding="utf-8")
    for _ in range(2):
        [report] = [report for report in Plugins(path, discover=False).reports if report.error]
        assert "No module named 'no_such_library'" in str(report.error)


def test_names_that_nobody_has_are_answered_with_the_nearest() -> None:
    plugins = Plugins(discover=False)
    with pytest.raises(EngineNotFound) as caught:
        plugins.engine(Kind.ASR, "toi")
    assert (str(caught.value), caught.value.hint) == ("there is no asr engine 'toi'", "did you mean 'toy'?")
    with pytest.raises(ConfigError) as wrong:
        plugins.format("str")
    assert wrong.value.hint == "did you mean 'srt'?"
