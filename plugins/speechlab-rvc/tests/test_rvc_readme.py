"""What the README shows, run with tiny networks in the place of the real ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
from speechlab_rvc import RvcOptions, RvcParams

from speechlab import Audio

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(
    encoder: Path, voices: Path, hum: Callable[..., Audio], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(voices, tmp_path / "voices")
    soundfile.write(tmp_path / "talk.wav", hum(2.0, 150).mono, 16_000)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path / "home"))
    assert 'voices="voices"' in SNIPPET
    known: dict[str, Any] = {}
    exec(SNIPPET.replace('voices="voices"', f'voices="voices", encoder={str(encoder)!r}'), known)
    assert known["sung"].duration == pytest.approx(2.0, abs=0.01)


def test_it_names_every_parameter() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert told == {*RvcParams.model_fields, *RvcOptions.model_fields}
