"""What the README shows, run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.usefixtures("service")
def test_the_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    exec(SNIPPET, {})
    assert re.fullmatch(r"[2-3]\.\d s at 24000 Hz", capsys.readouterr().out.strip())
