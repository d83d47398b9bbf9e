"""The engine keeps what every engine promises, on a tiny NLLB."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_ctranslate2

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-")) / "model"
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(converted: Callable[[str], Path]) -> Iterator[None]:
    shutil.copytree(converted("nllb-200-tiny"), FOLDER)
    yield
    shutil.rmtree(FOLDER.parent)


VALUES = {"model": str(FOLDER), "to": ["pt"], "device": "cpu", "beam_size": 1}


@conformance(speechlab_ctranslate2, values={"translate/ctranslate2": VALUES})
def test_conforms(check: Callable[[], None]) -> None:
    check()
