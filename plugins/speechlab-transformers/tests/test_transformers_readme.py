"""What the README shows, run with a tiny checkpoint in the place of the large one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from speechlab.testing import speech

README = Path(__file__).parents[1] / "README.md"
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(
    build: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(speech().path, tmp_path / "talk.ogg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path / "home"))
    assert "openai/whisper-large-v3-turbo" in SNIPPET
    exec(SNIPPET.replace("openai/whisper-large-v3-turbo", str(build("whisper"))), {})
    assert re.match(r" +\d+\.\d\d  \S+  \d\.\d\d\n", capsys.readouterr().out)
