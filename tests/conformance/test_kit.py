"""The kit itself: what is misspelt is told when the tests are collected, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from speechlab import ConfigError, EngineSpec, Kind, PluginError, SpeechLabError, hookimpl
from speechlab.testing import Subject, conformance


def plugin(*specs: EngineSpec) -> ModuleType:
    @hookimpl
    def register_engines(register: Callable[[EngineSpec], None]) -> None:
        for spec in specs:
            register(spec)

    made = ModuleType("some")
    vars(made)["register_engines"] = register_engines
    return made


SHOUT = EngineSpec(id="some", kind=Kind.TRANSLATE, load="speechlab.builtin.toys:Shout")
ABSENT = EngineSpec(id="absent", kind=Kind.TEXT, load="no:No", requires=("no_such",), install="it")


@pytest.mark.parametrize(
    ("plugins", "how", "kind", "said", "hint"),
    [
        ((plugin(SHOUT),), {"values": {"translate/smoe": {}}}, ConfigError, "no engine 'translate/smoe'", "some"),
        ((plugin(SHOUT),), {"values": {"asr/toy": {}}}, ConfigError, "no engine 'asr/toy'", "translate/some"),
        ((plugin(SHOUT),), {"values": {"translate/some": {"sorce": 1}}}, ConfigError, "'sorce'", "source"),
        ((plugin(SHOUT),), {"values": {"translate/some": {"to": 5}}}, ConfigError, "to: .* not 5", "Languages"),
        ((plugin(SHOUT),), {"xfail": {"translate/some-card": "x"}}, ConfigError, "no check", "card_is_complete"),
        ((plugin(),), {}, PluginError, "there is no engine to check", "register one"),
        (("nowhere.py",), {}, PluginError, "there is no file nowhere.py", "a path"),
    ],
)
def test_what_is_misspelt_is_told_at_once(
    plugins: tuple[object, ...], how: dict[str, Any], kind: type[SpeechLabError], said: str, hint: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        conformance(*plugins, **how)
    [note] = caught.value.__notes__  # what pytest shows below the message
    assert hint in note


def test_each_check_is_named_marked_and_skipped_with_its_cure() -> None:
    mark = conformance(plugin(SHOUT, ABSENT), xfail={"translate/some-card_is_complete": "no licence yet"}).mark
    cases = {case.id: case for case in mark.args[1]}
    [xfail] = cases["translate/some-card_is_complete"].marks
    assert (xfail.name, xfail.kwargs) == ("xfail", {"reason": "no licence yet", "strict": True})
    [skip] = cases["text/absent-processes_one_for_one"].marks
    assert (skip.name, skip.kwargs) == ("skip", {"reason": "needs: pip install it"})
    assert cases["text/absent-card_is_complete"].marks == []
    assert cases["translate/some-translates_one_for_one"].marks == []


def test_values_reach_the_engine_and_the_call() -> None:
    subject = Subject(SHOUT, {"to": ["pt", "fr"], "source": None})
    assert (subject.source, subject.target) == (None, "pt")
    assert (Subject(SHOUT).source, Subject(SHOUT).target) == ("en", "fr")
    assert (Subject(SHOUT, {"source": "de"}).source, Subject(SHOUT, {"to": "de"}).target) == ("de", "de")


def test_nothing_is_left_behind_and_a_failure_shows_its_values(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "temporary").mkdir()
    (tmp_path / "tests" / "test_lossy.py").write_text(
        """
import speechlab as sl
from speechlab.testing import conformance

class Lossy:
    def __init__(self, params, context):
        assert context.home.is_dir()
    def process(self, texts, languages, options):
        return list(texts)[1:]

class Plugin:
    @sl.hookimpl
    def register_engines(self, register):
        register(sl.EngineSpec(id="lossy", kind=sl.Kind.TEXT, load=Lossy, license="MIT", summary="Some."))

@conformance(Plugin())
def test_conforms(check):
    check()
""",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 6 passed, 3 skipped" in done.stdout, done.stdout + done.stderr
    assert "test_lossy.py::test_conforms[text/lossy-processes_one_for_one]" in done.stdout
    assert "AssertionError: 7 texts became ['', " in done.stdout
    assert "assert 6 == 7" in done.stdout
    assert list((tmp_path / "temporary").iterdir()) == []
