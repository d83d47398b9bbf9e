"""What the README shows, run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from speechlab_kokoro.engine import Kokoro

README = Path(__file__).parents[1] / "README.md"
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(
    engine: Kokoro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    monkeypatch.setattr("speechlab_kokoro.voices.fetched", lambda context: None)
    exec(SNIPPET, {})
    assert re.fullmatch(r"[2-5]\.\d s at 24000 Hz", capsys.readouterr().out.strip())
