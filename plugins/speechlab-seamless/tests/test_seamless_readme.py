"""What the README shows, run with a tiny checkpoint in the place of the large one; and what it says of languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from speechlab_seamless import published

from speechlab import Languages
from speechlab.testing import speech

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(
    build: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(speech().path, tmp_path / "talk.ogg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path / "home"))
    assert '"to": "es"' in SNIPPET
    exec(SNIPPET.replace('"to": "es"', f'"to": "es", "beam_size": 1, "model": {str(build("seamless"))!r}'), {})
    assert re.match(r" +\d+\.\d\d  \S+", capsys.readouterr().out)


def test_the_languages_that_it_speaks_are_listed() -> None:
    [listed] = re.findall(r"The 36 that it speaks are ((?:\w\w\s)+\w\w)\.", README)
    assert listed.split() == sorted(Languages(published.SPEAKERS))
