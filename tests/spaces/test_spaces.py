"""Each Space starts as it is: three small files, and a page that answers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import distribution
from pathlib import Path

import pytest

import speechlab

SPACES = sorted((Path(speechlab.__file__).parents[1] / "spaces").iterdir())
FRONT = {"title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "app_file", "license"}


def ids(space: Path) -> str:
    return space.name


@pytest.mark.parametrize("space", SPACES, ids=ids)
def test_its_front_matter_is_whole(space: Path) -> None:
    _, front, text = (space / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    told = dict(line.split(": ", 1) for line in front.strip().splitlines())
    assert set(told) >= FRONT
    assert (space / told["app_file"]).is_file()
    assert told["sdk_version"].split(".")[0] == distribution("gradio").version.split(".")[0]
    assert len(told["short_description"]) <= 60
    assert text.strip().startswith("# ")


@pytest.mark.parametrize("space", SPACES, ids=ids)
def test_it_is_small_and_asks_for_what_is_there(space: Path) -> None:
    assert len((space / "app.py").read_text(encoding="utf-8").splitlines()) <= 15
    for name in (space / "requirements.txt").read_text(encoding="utf-8").split():
        assert distribution(name)


@pytest.mark.parametrize("space", SPACES, ids=ids)
def test_it_starts(space: Path, home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=space, env=env, stderr=subprocess.PIPE, text=True)
    try:
        page = answered(f"http://127.0.0.1:{port}/", process)
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert "speechlab" in page
    assert "Traceback" not in said


def answered(url: str, process: subprocess.Popen[str]) -> str:
    """The page, once the server is up."""
    for _ in range(600):
        assert process.poll() is None, "the Space ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                page: str = answer.read().decode()
                return page
        except OSError:  # it does not listen yet, or takes long to answer
            time.sleep(0.2)
    raise AssertionError("the Space did not answer")
