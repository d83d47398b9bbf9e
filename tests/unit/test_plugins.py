"""Plugins are found, taken whole or not at all, and none takes another down."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from speechlab import ConfigError, EngineNotFound, EngineSpec, Kind, Lab, hookimpl
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
        (plugin("no card"), "register_engines takes a EngineSpec, not a str"),  # type: ignore[arg-type]
        (Path("nowhere.py"), "there is no file nowhere.py"),
    ],
)
def test_a_broken_plugin_is_told_and_gives_nothing(broken: object, said: str) -> None:
    plugins = Plugins(broken, plugin(card("after"), name="after"), discover=False)
    [report] = [report for report in plugins.reports if report.error]
    assert said in str(report.error)
    assert (Kind.ASR, "half") not in plugins.engines
    assert (Kind.ASR, "after") in plugins.engines
    assert (Kind.ASR, "toy") in plugins.engines


def test_a_misspelt_hook_is_told() -> None:
    @hookimpl
    def register_engine(register: object) -> None: ...

    misspelt = ModuleType("misspelt")
    vars(misspelt)["register_engine"] = register_engine
    plugins = Plugins(misspelt, plugin(card("after")), discover=False)
    [report] = [report for report in plugins.reports if report.error]
    assert "register_engine" in str(report.error)
    assert (Kind.ASR, "after") in plugins.engines


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


def test_a_plugin_may_be_one_file(tmp_path: Path) -> None:
    path = tmp_path / "one_file_plugin.py"
    path.write_text(
        """
import speechlab as sl

class Loud:
    def __init__(self, params, context): ...
    def process(self, texts, options):
        return [text.upper() for text in texts]

@sl.hookimpl
def register_engines(register):
    register(sl.EngineSpec(id="loud", kind=sl.Kind.TEXT, load="one_file_plugin:Loud"))
""",
        encoding="utf-8",
    )
    lab = Lab(path, discover=False)
    with lab.pool.lease(lab.plugins.engine(Kind.TEXT, "loud"), lab.engine(Kind.TEXT, "loud").params()) as loaded:
        assert loaded.engine.process(["quiet"], None) == ["QUIET"]


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
