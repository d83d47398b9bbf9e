"""The engines keep what every engine promises, on a tiny SeamlessM4T v2."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_seamless

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-seamless-"))
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(build: Callable[[str], Path]) -> Iterator[None]:
    shutil.copytree(build("seamless"), FOLDER, dirs_exist_ok=True)
    yield
    shutil.rmtree(FOLDER)


TINY = {"model": str(FOLDER), "beam_size": 1}


@conformance(
    speechlab_seamless,
    values={
        "asr/seamless": {**TINY, "language": "en"},
        "speech-translate/seamless": {**TINY, "to": "pt"},
        "translate/seamless": {**TINY, "to": "es"},
        "tts/seamless": {"model": str(FOLDER), "language": "en"},
        "interpret/seamless": {**TINY, "to": "fr", "longest_utterance": 5.0},
    },
)
def test_conforms(check: Callable[[], None]) -> None:
    check()
