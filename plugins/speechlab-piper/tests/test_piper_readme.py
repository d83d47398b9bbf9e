"""What the README shows, run; what it says of parameters, true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from speechlab_piper import PiperOptions, PiperParams
from speechlab_piper.engine import Piper

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_parameter_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert told == {*PiperParams.model_fields, *PiperOptions.model_fields}


def test_the_snippet_runs(
    engine: Piper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    exec(SNIPPET, {})
    assert re.fullmatch(r"[23]\.\d s at 22050 Hz", capsys.readouterr().out.strip())
