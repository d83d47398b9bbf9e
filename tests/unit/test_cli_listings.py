"""What the lab tells of itself: for people as a table, for programs as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from speechlab import Kind
from speechlab.cli import doctor as doctors
from speechlab.cli import machine
from speechlab.cli.app import speechlab

pytestmark = pytest.mark.usefixtures("alone")

PLUGIN = """
from speechlab import AsrOptions, EngineSpec, Kind, Weights, hookimpl

ABSENT = Weights(id="absent", files=("a",), packages={"a": ("no_such_module/a",)}, install="absent-weights")
CARDS = {
    "here": {"lag": 0.04},
    "lacking": {"requires": ("no_such_module",), "install": "no-such-package"},
    "cloud": {"local": False, "env": ("NO_SUCH_KEY",)},
    "absent": {"weights": (ABSENT,)},
}

@hookimpl
def register_engines(register):
    for id, more in CARDS.items():
        register(EngineSpec(id=id, kind=Kind.ASR, load="no.such:Engine", options=AsrOptions, license="MIT",
                            summary=f"The one that is {id}.", **more))
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return write(tmp_path, "cards", PLUGIN)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"plugin_{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(speechlab, [str(arg) for arg in args])


def told(*args: object, code: int = 0) -> Any:
    done = call(*args, "--json")
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_engines(plugin: Path) -> None:
    listed = {(one["kind"], one["id"]): one for one in told("--plugin", plugin, "engines")}
    assert set(listed) >= {(kind.value, "toy") for kind in Kind if kind not in (Kind.VAD, Kind.PREPARE)}
    here, lacking, cloud = (listed["asr", id] for id in ("here", "lacking", "cloud"))
    assert (here["installed"], here["local"], here["license"], here["cure"]) == (True, True, "MIT", "")
    assert (lacking["installed"], lacking["missing"]) == (False, ["no_such_module"])
    assert (lacking["install"], lacking["cure"]) == ("no-such-package", "pip install no-such-package")
    assert (cloud["installed"], cloud["local"], cloud["cure"]) == (False, False, "set NO_SUCH_KEY")


def test_engines_of_one_kind(plugin: Path) -> None:
    assert {one["kind"] for one in told("--plugin", plugin, "engines", "--kind", "asr")} == {"asr"}
    done = call("engines", "--kind", "asrr")
    assert done.exit_code == 2
    assert "did you mean 'asr'?" in done.stderr


def test_engines_for_people(plugin: Path) -> None:
    done = call("--plugin", plugin, "engines")
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "needs: pip install no-such-package" in lines["asr/lacking"]
    assert "in the cloud" in lines["asr/cloud"]
    assert "installed, lags 40 ms" in lines["asr/here"]
    assert "asr/toy" not in lines
    assert "toy engines" in done.stderr


def test_formats() -> None:
    listed = {one["id"]: one for one in told("formats")}
    assert set(listed) >= {"txt", "srt", "vtt", "json", "tsv", "csv", "rttm", "ass", "lrc", "docx", "jsonl"}
    assert "max_line_width" in listed["vtt"]["options"]
    assert "WebVTT" in call("formats").stdout


def test_plugins(plugin: Path, tmp_path: Path) -> None:
    broken = write(tmp_path, "broken", "raise RuntimeError('no luck today')")
    listed = {one["name"]: one for one in told("--plugin", plugin, "--plugin", broken, "plugins")}
    assert "asr/toy" in listed["builtin"]["gives"]
    assert listed["plugin_cards"]["gives"][0] == "asr/here"
    assert "RuntimeError: no luck today" in listed["plugin_broken"]["error"]
    assert listed["plugin_broken"]["hint"]
    assert "no luck today" in call("--plugin", broken, "plugins").stdout


def test_pipelines() -> None:
    listed = {one["id"]: one for one in told("pipelines", "list")}
    assert listed["toy-captions"]["stages"] == ["vad/energy", "asr/toy", "translate/toy", "tts/toy"]
    assert listed["toy-captions"]["problems"] == []
    assert "ready" in call("pipelines", "list").stdout


def test_a_pipeline_is_shown_as_its_file(tmp_path: Path) -> None:
    shown = call("pipelines", "show", "toy-captions").stdout
    mine = tmp_path / "mine.toml"
    mine.write_text(shown)
    assert call("pipelines", "check", mine).stdout == f"{mine}: ready\n"
    assert call("pipelines", "show", mine).stdout == shown
    [*_, speaking] = told("pipelines", "show", mine)["stages"]
    assert (speaking["use"], speaking["lift"]["track"]) == ("tts/toy", "fr")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('[[stage]]\nuse = "translate/toy"', 2, "needs segments, but no stage before it gives any"),
        ('[[stage]]\nuse = "asr/lacking"', 3, "needs no_such_module: pip install no-such-package"),
        ('[[stage]]\nuse = "asr/lacking"\n[[stage]]\nuse = "tts/toy"', 3, "needs no_such_module"),
        ('[[stage]]\nuse = "asr/toy"\n[[stage]]\nuse = "tts/toy"\ntrack = "fr"', 2, "nothing is translated before it"),
        ('[[stage]]\nuse = "asr/heer"', 2, "there is no asr engine 'heer'"),
        ('[[stagee]]\nuse = "asr/here"', 2, "has no parameter 'stagee'"),
        ("[[stage", 2, "is no TOML"),
    ],
)
def test_a_pipeline_is_checked(plugin: Path, tmp_path: Path, text: str, code: int, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    done = call("--plugin", plugin, "pipelines", "check", "toy-captions", file)
    assert done.exit_code == code, done.output
    assert "toy-captions: ready" in done.stdout
    assert said in done.stderr
    ready, mine = told("--plugin", plugin, "pipelines", "check", "toy-captions", file, code=code)
    assert ready["problems"] == []
    assert said in mine["problems"][0]


# -- the doctor ------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_a_recogniser_that_works(plugin: Path, home: Path) -> None:
    report = told("--plugin", plugin, "doctor")
    assert report["works"]
    assert report["with"] == ["vad/energy", "asr/here"]
    assert report["home"] == str(home)
    assert report["cores"] >= 1
    states = {one["name"]: one["state"] for one in report["engines"]}
    assert states["asr/here"] == "ready"
    assert states["asr/lacking"] == "needs: pip install no-such-package"
    assert states["asr/absent"] == "weights are missing"
    assert "Transcribing works, with vad/energy and asr/here." in call("--plugin", plugin, "doctor").stdout


def test_the_doctor_without_any_recogniser() -> None:
    assert told("doctor", code=3)["cure"] == "pip install speechlab-whisper"
    done = call("doctor")
    assert done.exit_code == 3
    assert "hint:  pip install speechlab-whisper" in done.stderr


def test_the_doctor_where_only_the_weights_are_missing(tmp_path: Path) -> None:
    text = PLUGIN.replace("CARDS.items()", "[('absent', CARDS['absent'])]")
    report = told("--plugin", write(tmp_path, "absent", text), "doctor", code=3)
    assert report["cure"] == "pip install absent-weights"


def test_the_doctor_goes_online_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(doctors, "reachable", lambda address: bool(asked.append(address)) or True)
    assert told("doctor", code=3)["hub"] is None
    assert asked == []
    assert told("doctor", "--online", code=3)["hub"] is True
    assert len(asked) == 1


def test_nothing_answers_at_a_closed_port() -> None:
    assert not machine.reachable("http://127.0.0.1:9", seconds=1.0)
    assert not machine.reachable("no address")


def test_a_home_that_is_not_there_yet(tmp_path: Path) -> None:
    assert machine.writable(tmp_path / "a" / "b")
    assert (machine.free(tmp_path / "a" / "b") or 0) > 0
    (tmp_path / "file").touch()
    assert not machine.writable(tmp_path / "file" / "b")
