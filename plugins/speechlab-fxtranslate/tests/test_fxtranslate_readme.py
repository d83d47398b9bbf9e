"""What the README shows, run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from speechlab_fxtranslate import EMBEDDED

from speechlab import present

README = Path(__file__).parents[1] / "README.md"
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(
    not present(EMBEDDED["en", "pt"], Path()), reason="needs: pip install speechlab-fxtranslate[embedded]"
)
def test_the_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    exec(SNIPPET, {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Bom dia."
    assert "museu" in second
