"""The converter keeps what every converter promises, with tiny voices of each kind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_rvc

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-rvc-"))
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(encoder: Path, voices: Path) -> Iterator[None]:
    shutil.copytree(encoder, FOLDER / "encoder")
    shutil.copytree(voices, FOLDER / "voices")
    yield
    shutil.rmtree(FOLDER)


def values(voice: str) -> dict[str, dict[str, str]]:
    """On the tiny encoder, into a voice of the folder."""
    folders = {"voices": str(FOLDER / "voices"), "encoder": str(FOLDER / "encoder")}
    return {"convert/rvc": {**folders, "device": "cpu", "voice": voice}}


@conformance(speechlab_rvc, values=values("cyd"))
def test_a_voice_of_v2_with_an_index_conforms(check: Callable[[], None]) -> None:
    check()


@conformance(speechlab_rvc, values=values("bob"))
def test_a_voice_of_v1_without_pitch_conforms(check: Callable[[], None]) -> None:
    check()


@conformance(speechlab_rvc, values=values("eve"))
def test_a_speaker_of_so_vits_svc_conforms(check: Callable[[], None]) -> None:
    check()
