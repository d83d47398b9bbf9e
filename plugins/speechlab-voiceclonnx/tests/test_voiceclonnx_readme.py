"""What the README shows, run with tiny networks in the place of the real ones."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
from speechlab_voiceclonnx import ConversionParams, Model

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(networks: Path, voices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(voices, tmp_path / "voices")
    shutil.copy(voices / "bob.wav", tmp_path / "talk.wav")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path / "home"))
    assert 'clips="voices"' in SNIPPET
    known: dict[str, Any] = {}
    exec(SNIPPET.replace('clips="voices"', f'clips="voices", folder={str(networks)!r}') + "\nspoken.close()", known)


def test_it_names_every_parameter_and_model() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert told == {*ConversionParams.model_fields, *get_args(Model), "model"}
