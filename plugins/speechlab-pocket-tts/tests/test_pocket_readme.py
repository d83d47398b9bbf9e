"""What the README shows, run with a tiny network in the place of the real one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from speechlab_pocket_tts import PocketOptions, PocketParams
from speechlab_pocket_tts.engine import PUBLISHED

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
[SNIPPET] = re.findall(r"^```python \S+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_snippet_runs(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path))
    assert 'language="en"' in SNIPPET
    exec(SNIPPET.replace('language="en"', f'language="en", folder={str(tiny)!r}'), {})
    assert re.fullmatch(r"\d+\.\d s at 24000 Hz", capsys.readouterr().out.strip())


def test_it_names_every_parameter_and_the_voices() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert told == {*PocketParams.model_fields, *PocketOptions.model_fields}
    assert f"{len(PUBLISHED['en'].split())} English ones" in README
    assert all(f"`{PUBLISHED[code]}` ({code})" in README for code in PUBLISHED if code != "en")
