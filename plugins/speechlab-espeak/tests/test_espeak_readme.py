"""What the README shows, run; what it says of parameters, true."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from speechlab_espeak import EspeakOptions, EspeakParams

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_parameter_is_told() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]*) *\|", README, re.MULTILINE))
    fields = {**EspeakParams.model_fields, **EspeakOptions.model_fields}
    assert told == {
        name: f"{field.default:g}" if field.default not in (None, ()) else "" for name, field in fields.items()
    }


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs: apt-get install espeak-ng")
def test_the_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    exec(SNIPPET, {})
    assert re.fullmatch(r"[2-5]\.\d s at 22050 Hz", capsys.readouterr().out.strip())
