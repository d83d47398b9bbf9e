"""What the README shows, run; what it says of parameters, true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from speechlab_apertium import DEBIAN, ApertiumOptions, ApertiumParams

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_parameter_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert told == {*ApertiumParams.model_fields, *ApertiumOptions.model_fields}
    for name, field in ApertiumParams.model_fields.items():
        assert re.search(rf"^\| `{name}` \| `?{field.default:{'g' if name == 'timeout' else ''}}", README, re.MULTILINE)


@pytest.mark.skipif(not Path(DEBIAN, "es-pt.mode").is_file(), reason="needs: apt-get install apertium-es-pt")
def test_the_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    exec(SNIPPET, {})
    assert capsys.readouterr().out.splitlines() == [
        "A casa é branca.",
        "Onde está meu livro?",
        "es → pt: translate/apertium",
    ]
