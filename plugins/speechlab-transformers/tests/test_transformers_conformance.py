"""The engines keep what every engine promises, on tiny checkpoints."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import speechlab_transformers

from speechlab.testing import conformance

FOLDER = Path(tempfile.mkdtemp(prefix="speechlab-tiny-"))
"""The checks are told their parameters before any fixture is made, so the folder is named here and filled below."""


@pytest.fixture(scope="module", autouse=True)
def _tiny(build: Callable[[str], Path]) -> Iterator[None]:
    for name in ("whisper", "nllb", "mms_tts_eng", "punctuator"):
        shutil.copytree(build(name), FOLDER / name)
    yield
    shutil.rmtree(FOLDER)


VALUES = {"model": str(FOLDER / "whisper"), "fallback": "off"}  # random weights are never sure: six times the work


@conformance(
    speechlab_transformers,
    values={
        **dict.fromkeys(("asr/transformers", "speech-translate/transformers"), VALUES),
        "translate/transformers": {"model": str(FOLDER / "nllb"), "beam_size": 1},
        "tts/mms": {"model": str(FOLDER / "mms_tts_eng")},
        "text/punctuate": {"model": str(FOLDER / "punctuator")},
    },
)
def test_conforms(check: Callable[[], None]) -> None:
    check()
