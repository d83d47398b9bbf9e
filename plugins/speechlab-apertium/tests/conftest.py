"""A pretended Apertium: one program that answers at each NUL, so that what goes around the real ones can be tested."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PROGRAM = f"""#!{sys.executable}
import sys, time

def answer(text):
    for argument in sys.argv[1:]:
        word, _, said = argument.partition(":")
        if word == "upper":
            text = text.upper()
        elif word == "swallow":
            text = text.replace(b"[", b"")
        elif word == "arguments":
            text = text.replace(b"?", " ".join(sys.argv[1:]).encode())
        elif word == "say":
            print(said * 10000, file=sys.stderr, flush=True)
        elif word == "die" and said.encode() in text:
            print("some warning", file=sys.stderr)
            sys.exit(f"{{said}} is too much")
        elif word == "sleep" and said.encode() in text:
            time.sleep(60)
    return text

rest = b""
while piece := sys.stdin.buffer.read1():
    *texts, rest = (rest + piece).split(b"\\0")
    for text in texts:
        sys.stdout.buffer.write(answer(text) + b"\\0")
        sys.stdout.buffer.flush()
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """It stands on the path under two names of Apertium's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("lt-proc", "apertium-transfer"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder / "lt-proc"


@pytest.fixture
def modes(tmp_path: Path, program: Path) -> Path:
    """A folder of modes."""
    folder = tmp_path / "modes"
    folder.mkdir()
    for name, command in {
        "es-pt": "lt-proc '/some where/a.bin' | apertium-transfer -g $2 x | lt-proc $1 upper arguments",
        "es-pt_BR": "lt-proc brazil arguments",
        "es-pt_old": "lt-proc old arguments",
        "eng-spa": "lt-proc upper",
        "eng-deu": "lt-proc x | bash -c 'exit'",
        "ast-spa": "lt-proc swallow",
        "hbs-eng": "lt-proc $1 arguments",
        "eng-hbs_HR": "lt-proc upper",
        "Cyrl-Latn": "lt-proc -t latin",
        "eco-es-fr": "lt-proc x",
        "nno-nno_e": "lt-proc x",
        "ast-por": "lt-proc x | rtx-proc x",
    }.items():
        (folder / f"{name}.mode").write_text(f"{command}\n")
    return folder
