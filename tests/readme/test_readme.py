"""What the READMEs show is run: Python is executed, pipelines are checked, commands are called, make targets exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import speechlab
from speechlab import Lab
from speechlab.testing import speech

ROOT = Path(speechlab.__file__).parents[1]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("plugins/*/README.md"))]
FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file name that may stand after it, its text."""

    readme: Path
    language: str
    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.readme.parent.name}-{self.language}-{' '.join(self.text.split())[:40]}"


def blocks(*languages: str) -> Iterator[Block]:
    for readme in READMES:
        for language, file, text in FENCE.findall(readme.read_text(encoding="utf-8")):
            if language in languages:
                yield Block(readme, language, file, text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the recordings that the READMEs speak of."""
    for name in ("talk.ogg", "interview.ogg"):
        shutil.copy(speech().path, tmp_path / name)
    (tmp_path / "recordings").mkdir()
    shutil.copy(speech().path, tmp_path / "recordings" / "one.ogg")
    for block in blocks("python", "toml"):
        if block.file and block.readme == READMES[0]:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", [b for b in blocks("python") if not b.file], ids=str)
def test_python_runs(block: Block, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", block.text], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", list(blocks("toml")), ids=str)
def test_pipelines_can_run(block: Block, folder: Path) -> None:
    pipeline = Lab(*folder.glob("*.py")).pipeline(block.text)
    if missing := [name for step in pipeline.steps for name in step.spec.missing()]:
        pytest.skip(f"needs {', '.join(missing)}")  # a plugin whose tests have an environment of their own
    assert pipeline.check() == []


@pytest.mark.parametrize("block", list(blocks("console")), ids=str)
def test_commands_succeed(block: Block, folder: Path) -> None:
    for line in block.text.splitlines():
        if line.startswith("$ "):
            command = shlex.split(line.removeprefix("$ "), comments=True)
            program = str(Path(sys.executable).parent / command[0])
            done = subprocess.run([program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_make_target_that_is_shown_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"lab", "test"} <= shown
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in shown)


def test_every_link_leads_somewhere() -> None:
    for readme in READMES:
        for target in re.findall(r"\]\(([^)#]+)\)", readme.read_text(encoding="utf-8")):
            assert "://" in target or (readme.parent / target).exists(), f"{readme.parent.name}: {target}"
