"""A new plugin installs and keeps every promise as it is written."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speechlab import Kind, Lab
from speechlab.cli.app import speechlab
from speechlab.cli.new import EXAMPLES


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def test_each_kind_passes_its_conformance_at_once(tmp_path: Path) -> None:
    for kind in Kind:
        done = call("new", "plugin", kind, f"my-{kind}", "--into", tmp_path)
        assert done.exit_code == 0, done.output
        assert done.stdout == f"{tmp_path / f'speechlab-my-{kind}'}\n"
    sources = [str(path) for path in tmp_path.glob("*/src")]
    assert len(sources) == len(Kind)
    # What announcing costs is measured in a process for each engine, all written from one template: one is enough.
    chosen = ["-k", "not announcing_is_cheap or asr"]
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", *chosen, "."]
    path = os.pathsep.join([*sources, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_it_is_found_by_its_entry_point_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call("new", "plugin", "translate", "speechlab-My_Shout", "--into", tmp_path)
    folder = tmp_path / "speechlab-my-shout"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert (project["name"], project["entry-points"]) == (
        "speechlab-my-shout",
        {"speechlab": {"my-shout": "speechlab_my_shout"}},
    )
    monkeypatch.syspath_prepend(folder / "src")
    import speechlab_my_shout  # type: ignore[import-not-found]

    assert Lab(speechlab_my_shout, discover=False).translate(["hi"], to="fr", engine="my-shout", marks=2) == [
        "[fr] hi!!"
    ]
    readme = (folder / "README.md").read_text()
    assert 'use = "translate/my-shout"' in readme
    assert "$" not in readme


def test_what_is_written_is_in_good_style(tmp_path: Path) -> None:
    for kind in Kind:
        call("new", "plugin", kind, f"a-{kind}", "--into", tmp_path)
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--isolated", "--line-length", "120"]
    for command in (["check", *rules, "--select", "E,F,I,UP,B,SIM,RUF,PT,C4"], ["format", "--check", *rules]):
        done = subprocess.run([*ruff, *command, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("asrr", "x", "did you mean 'asr'?"),
        ("asr", "my engine", "is not made of letters, digits and single hyphens"),
        ("asr", "../x", "is not made of letters, digits and single hyphens"),
        ("asr", "9x", "is not made of letters"),
    ],
)
def test_wrong_names_are_refused(tmp_path: Path, kind: str, name: str, said: str) -> None:
    done = call("new", "plugin", kind, name, "--into", tmp_path)
    assert done.exit_code == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "speechlab-mine").mkdir()
    done = call("new", "plugin", "asr", "mine", "--into", tmp_path)
    assert done.exit_code == 2
    assert "is there already" in done.stderr


def test_each_kind_has_its_example_and_is_in_the_help() -> None:
    assert set(EXAMPLES) == set(Kind)
    words = call("new", "plugin", "--help").stdout.split()
    assert all(f"{kind}," in words or f"{kind}." in words for kind in Kind)
