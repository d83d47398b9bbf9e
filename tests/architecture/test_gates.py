"""What keeps the whole in shape: the ladder of imports, the types, the style, and what loading costs."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import speechlab
from speechlab import Lab, hookspecs
from speechlab.plugins import HOOKS

ROOT = Path(speechlab.__file__).parents[1]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
HEAVY = ("torch", "onnxruntime", "ctranslate2", "gradio", "fastapi", "transformers", "av", "rich", "docx", "IPython")


def succeeds(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_import_graph_is_a_ladder() -> None:
    succeeds(str(Path(sys.executable).parent / "lint-imports"), "--no-cache")


def test_the_host_is_typed() -> None:
    succeeds(sys.executable, "-m", "mypy")


@pytest.mark.parametrize("command", ["check", "format"])
def test_the_style_is_one(command: str) -> None:
    succeeds(sys.executable, "-m", "ruff", command, *(["--check"] if command == "format" else []), ".")


@pytest.mark.parametrize("module", ["speechlab", "speechlab.cli", "speechlab.builtin"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, json, {module}; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_finding_every_plugin_loads_nothing_heavy() -> None:
    code = (
        f"import sys, json, speechlab; speechlab.Lab(); print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_each_hook_is_documented_and_there_is_no_other() -> None:
    hooks = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("register_")}
    assert set(hooks) == set(HOOKS)
    assert all(inspect.getdoc(hook) for hook in hooks.values())
    assert [list(inspect.signature(hook).parameters) for hook in hooks.values()] == [["register"]] * len(hooks)


def test_no_plugin_of_the_repository_is_left_out() -> None:
    reports = Lab().plugins.reports
    assert [str(report.error) for report in reports if report.error] == []


def test_each_knob_has_help() -> None:
    lab = Lab()
    silent = [f"{spec.name} {knob.name}" for spec in lab.engines() for knob in spec.knobs if not knob.help]
    assert silent == []


def test_each_engine_tells_its_licence_and_what_it_is_good_for() -> None:
    lacking = [spec.name for spec in Lab().engines() if not (spec.license and spec.summary)]
    assert lacking == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_each_plugin_is_a_package_of_its_own(plugin: Path) -> None:
    import tomllib

    told = tomllib.loads((plugin / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["name"] == plugin.name
    assert told["entry-points"]["speechlab"]
    assert (plugin / "README.md").stat().st_size > 300
    assert list(plugin.glob("tests/test_*.py"))


@pytest.mark.parametrize("name", sorted(speechlab.__all__))
def test_each_public_name_is_there_and_documented(name: str) -> None:
    public = getattr(speechlab, name)
    if callable(public) or inspect.isclass(public):
        assert inspect.getdoc(public), f"{name} has no docstring"
