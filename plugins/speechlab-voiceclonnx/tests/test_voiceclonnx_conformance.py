"""The converter keeps what every converter promises, with tiny networks of each model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_voiceclonnx

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-voiceclonnx-"))
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(networks: Path, voices: Path) -> Iterator[None]:
    for folder in (networks, voices):
        shutil.copytree(folder, FOLDER, dirs_exist_ok=True)
    yield
    shutil.rmtree(FOLDER)


def values(model: str) -> dict[str, dict[str, str]]:
    """On the tiny networks, into a voice of the folder."""
    return {"convert/voiceclonnx": {"model": model, "folder": str(FOLDER), "clips": str(FOLDER), "voice": "ada"}}


@conformance(speechlab_voiceclonnx, values=values("openvoice"))
def test_openvoice_conforms(check: Callable[[], None]) -> None:
    check()


@conformance(speechlab_voiceclonnx, values=values("facodec"))
def test_facodec_conforms(check: Callable[[], None]) -> None:
    check()


@conformance(speechlab_voiceclonnx, values=values("knnvc"))
def test_knnvc_conforms(check: Callable[[], None]) -> None:
    check()
