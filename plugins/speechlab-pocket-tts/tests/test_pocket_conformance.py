"""The engine keeps what every engine promises, on tiny networks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_pocket_tts

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-pocket-"))
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(tiny: Path) -> Iterator[None]:
    shutil.copytree(tiny, FOLDER, dirs_exist_ok=True)
    yield
    shutil.rmtree(FOLDER)


@conformance(speechlab_pocket_tts, values={"tts/pocket-tts": {"folder": str(FOLDER), "seed": 1}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
