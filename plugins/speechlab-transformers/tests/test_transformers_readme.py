"""What the README shows, run with tiny checkpoints in the place of the large ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from speechlab.testing import speech

README = Path(__file__).parents[1] / "README.md"
SNIPPETS: dict[str, str] = dict(
    re.findall(r"^```python (\S+)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
)


@pytest.mark.parametrize(
    ("name", "model", "tiny", "printed"),
    [
        ("transcribe.py", "openai/whisper-large-v3-turbo", "whisper", r" +\d+\.\d\d  \S+  \d\.\d\d\n"),
        ("translate.py", "facebook/nllb-200-distilled-600M", "nllb", r".+\n.+\n$"),
    ],
)
def test_the_snippets_run(
    build: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    model: str,
    tiny: str,
    printed: str,
) -> None:
    shutil.copy(speech().path, tmp_path / "talk.ogg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEECHLAB_HOME", str(tmp_path / "home"))
    assert model in SNIPPETS[name]
    exec(SNIPPETS[name].replace(model, str(build(tiny))), {})
    assert re.match(printed, capsys.readouterr().out)


def test_every_snippet_is_run() -> None:
    assert set(SNIPPETS) == {"transcribe.py", "translate.py"}
